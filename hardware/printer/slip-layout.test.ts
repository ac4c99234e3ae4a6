import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BALANCE_SLIP, LOAD_SLIP } from './example-slips.ts';
import { findRealTimeCommand } from './escpos-commands.ts';
import { graphemes, jisX0208Table } from './slip-characters.ts';
import { escapeSlipText, layoutSlip } from './slip-layout.ts';
import { slipPreviewSvg } from './slip-preview.ts';
import { PIECE_BYTES_MAX, pieces } from './slip-pieces.ts';
import { onPaper } from './test-support/paper.ts';
import type { PrinterCommand } from '../simulator/virtual-printer-commands.ts';
import { DRAWN_CHARACTER } from '../simulator/virtual-printer-page.ts';

const columns = 48;

const drawn = ({ commands }: { commands: readonly PrinterCommand[] }) => commands.filter((command) => command.kind === 'define-glyph').length;

describe('characters', () => {
  it('sends as text exactly the 6,879 characters of JIS X 0208', () => {
    expect(jisX0208Table().size).toBe(6_879);
    expect(jisX0208Table().get('髙')).toBeUndefined();
    expect(jisX0208Table().get('①')).toBeUndefined();
  });

  it('draws the characters of names that printers do not have, once each, and keeps the others as text', async () => {
    const paper = await onPaper('髙橋 﨑子 𠮷田 髙');
    expect(drawn(paper)).toBe(3);
    expect(paper.text).toBe('〓橋 〓子 〓田 〓');
    expect(paper.complaints).toEqual([]);
    expect(Buffer.from(paper.bytes).includes(Buffer.from([0xec, 0x40, 0x8b, 0xb4, 0x20, 0xec, 0x41, 0x8e, 0x71]))).toBe(true);
  });

  it('draws every dot inside the cell, and something for every character', async () => {
    for (const command of (await onPaper('髙﨑𠮷①㈱鷗é')).commands) {
      if (command.kind === 'define-glyph') expect(command.columns.reduce((ink, byte) => ink + byte, 0)).toBeGreaterThan(200);
    }
  });

  it('prints the dashes and waves that Unicode has twice as the printer’s own', async () => {
    const paper = await onPaper('〜−—‖～－―');
    expect(paper.text).toBe('～－―∥～－―');
    expect(drawn(paper)).toBe(0);
  });

  it('keeps an ideograph that normalisation would change into another', async () => {
    expect((await onPaper('\ufa19社')).text).toBe(`${DRAWN_CHARACTER}社`); // 神 in its old form
    expect((await onPaper('神社')).text).toBe('神社');
    expect(await slipPreviewSvg('\ufa19社', { columns })).toContain('\ufa19');
  });

  it('draws a form that a variation selector asks for when the font knows it', async () => {
    const paper = await onPaper('辻\u{e0100}さん 辻\u{e0101}さん');
    expect(paper.text).toBe('〓さん 〓さん');
    const [one, two] = paper.commands.filter((command) => command.kind === 'define-glyph').map((command) => Buffer.from(command.columns));
    expect(one?.equals(two ?? Buffer.of())).toBe(false);
  });

  it('has half-width katakana with their marks, yen, backslash and tilde', async () => {
    const paper = await onPaper(escapeSlipText('ｶﾞｷﾞ ¥1,000 C:\\~'));
    expect(paper.text.replaceAll('\\', '＼')).toBe('ｶﾞｷﾞ ¥1,000 C:＼~');
    expect(paper.complaints).toEqual([]);
  });

  it.each([
    ['\ue000', 'U+E000'],
    ['😀', 'U+1F600'],
    ['葛\u{e01ef}', 'U+845B U+E01EF'],
    ['\u200b', 'U+200B'],
    ['\u{f0001}', 'U+F0001'],
    ['𐀀', 'U+10000'],
    ['\ud842', 'U+D842'],
    ['か\u0301', 'U+304B U+0301'],
    ['\ufffd', 'U+FFFD'],
  ])('refuses the whole slip for %j, which no font has, and says which it is', async (character, said) => {
    expect(await layoutSlip(`田${character}中`, { columns })).toEqual({ kind: 'unprintable', why: 'character', characters: [said] });
  });

  it('says each missing character once and in the order of their numbers, so that no name can be read from it', async () => {
    expect(await layoutSlip('힝가힝나😀', { columns })).toEqual({ kind: 'unprintable', why: 'character', characters: ['U+AC00', 'U+B098', 'U+D79D', 'U+1F600'] });
  });

  it('takes letters and their marks apart or together for the same', async () => {
    for (const [apart, together] of [['か\u3099', 'が'], ['は\u309a', 'ぱ'], ['e\u0301', 'é'], ['ｶ\u3099', 'ｶﾞ'], ['ﾊ\u309a', 'ﾊﾟ']] as const) {
      expect((await onPaper(escapeSlipText(apart))).bytes).toEqual((await onPaper(escapeSlipText(together))).bytes);
    }
    expect((await onPaper('か\u309aき\u309aㇷ\u309a')).read('か\u309aき\u309aㇷ\u309a')).toBe('か\u309aき\u309aㇷ\u309a');
  });

  it('takes no notice of the selectors of colour and plain forms', async () => {
    expect((await onPaper('♨\ufe0f☎\ufe0e')).read('♨☎')).toBe('♨☎');
  });

  it.each([...'-‐‑‒–—―−－ーｰ─⁃﹣﹘\u00ad'])('prints %j in an address as a dash that can be seen', async (dash) => {
    const paper = await onPaper(escapeSlipText(`1${dash}2`));
    expect(paper.read('–')).toMatch(/^1[-‐–―－ーｰ─]2$/);
    expect(paper.complaints).toEqual([]);
    const columns = paper.commands.find((command) => command.kind === 'define-glyph')?.columns;
    if (columns) expect(columns.filter((byte) => byte !== 0).length).toBeGreaterThanOrEqual(6);
  });

  it('never substitutes: what stands on the paper is what was given, or nothing is printed', { timeout: 60_000 }, async () => {
    const drawnOnes = ['髙', '﨑', '𠮷', 'é', '①', '葛\u{e0100}', '葛\u{e0102}', '辻\u{e0101}', '邉\u{e010f}', 'か\u309a', '\ufa19'];
    const text = fc.string({
      unit: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...'\\|{}~_"`^=-;:x07?nｶﾞ〜〓 \u3000', ...drawnOnes) },
        { weight: 2, arbitrary: fc.constantFrom('---', '===', '{c:1}', '{x:\\x1b@}', '\\n', '\\x41', '||', '^^^', '<b>', '&amp;') },
        { weight: 2, arbitrary: fc.constantFrom('\u200d', '\u202e', '\u2066', '\ufe0e', '\ufe0f', '\t', '\n', '\r\n', '\x00', '\x10\x04\x01', '\x1b', '\u00a0', '\u2003') },
        { weight: 2, arbitrary: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) },
        { weight: 4, arbitrary: fc.constantFrom(...[...jisX0208Table().keys()].filter((character) => character.normalize() === character)) },
        { weight: 1, arbitrary: fc.constantFrom('\ud842', '\udfb7', '\ue000', '\ue001', '\ue002', '\u{f0000}', '\u{10fffd}', '\u3099', '\u0301', '\u{e0100}', '😀', '\ufffd') },
      ),
      maxLength: 20,
    });
    let printable = 0;
    await fc.assert(
      fc.asyncProperty(text, async (given) => {
        const markup = `左${escapeSlipText(given)}右`;
        const meant = `左${given}右`
          .replace(/[\s]*[\n\r][\s]*/g, ' ')
          .replace(/[\t\u00a0\u2003]/g, ' ')
          .replace(/[\p{Cc}\u200d\u202e\u2066\ufe0e\ufe0f]/gu, '')
          .replace(/(?<=[ｶﾞ])\u3099/g, 'ﾞ')
          .replaceAll('\ufa19', '\u{f1234}')
          .normalize()
          .replaceAll('\u{f1234}', '\ufa19');
        const layout = await layoutSlip(markup, { columns });
        if (layout.kind === 'unprintable') {
          if (layout.why !== 'character') throw new Error(layout.why);
          const missing = layout.characters.map((code) => String.fromCodePoint(...code.split(' ').map((each) => Number.parseInt(each.slice(2), 16))));
          expect(missing.filter((character) => !meant.includes(character.replace(/[\u00a0\u2003]/g, ' ')))).toEqual([]);
          return;
        }
        printable++;
        const paper = await onPaper(markup);
        const expected = meant.replace(/[〜−—‖¢£¬]/g, (sign) => ({ '〜': '～', '−': '－', '—': '―', '‖': '∥', '¢': '￠', '£': '￡', '¬': '￢' })[sign] ?? sign);
        expect(paper.read(`${drawnOnes.join('')}\u3099\u0301${expected}`).replaceAll('\n', '')).toBe(expected);
        expect(paper.complaints).toEqual([]);
      }),
      { numRuns: 400 },
    );
    expect(printable).toBeGreaterThan(150);
  });
});

describe('foreign text', () => {
  it.each(['~a_b"c`d^e|f{g}h\\i', '---', '===', '{image:AAAA}', '\\n\\x41', '{c:12345;o:qrcode}', '|x|', ' leading and trailing ', '=', '-'])(
    'prints %j as itself',
    async (text) => {
      expect((await onPaper(escapeSlipText(text))).text).toBe(text);
    },
  );

  it('is one line without anything invisible', () => {
    expect(escapeSlipText('一行目\r\n二行目\u2028三\tう\u202e右から\u200b\u0007')).toBe('一行目 二行目 三 う右から');
  });

  it.each(['', '^^', '^^^', '^^^^', '^^^^^'])('of 80 characters is printed whole in size %j', async (size) => {
    const name = Array<string>(8).fill('髙橋葛\u{e0102}城邉\u{e010f}﨑𠮷ｶﾞか\u309a').join('');
    expect(graphemes(name)).toHaveLength(80);
    const paper = await onPaper(`${size}${escapeSlipText(name)}${size} |`);
    expect(paper.read(name).replaceAll('\n', '')).toBe(name);
    expect(paper.complaints).toEqual([]);
  });
});

describe('layout', () => {
  it('leaves nothing that the printer does not know, and no real-time command', async () => {
    for (const slip of [BALANCE_SLIP, LOAD_SLIP, `${LOAD_SLIP}\n{c:https://town.example/0123456789;o:qrcode,6,m}`, '{b:line;w:10,10}\nあ|い\n---\nう|え\n{b:none}']) {
      const paper = await onPaper(slip);
      expect(paper.complaints).toEqual([]);
      expect(findRealTimeCommand(paper.bytes)).toBe(-1);
      expect(paper.bytes.length).toBeLessThan(8_192);
    }
  });

  it('never makes a real-time command, whatever the text and the paper’s width', async () => {
    const text = fc.string({ unit: fc.constantFrom(...'あ髙﨑𠮷é①ｶﾞa1 -', '葛\u{e0102}', '^^', '^', '^^^', '"', '_', '`', '|', '\n', '{b:line;w:*,*}\n', '---\n', '{w:8,*}\n'), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 16, max: 85 }), fc.constantFrom(0, 2, 94), async (markup, width, ownCharacters) => {
        const layout = await layoutSlip(`${markup}\n{c:${width};o:qrcode}`, { columns: width, ownCharacters });
        if (layout.kind === 'printable') expect(findRealTimeCommand(Buffer.concat(layout.units))).toBe(-1);
      }),
      { numRuns: 200 },
    );
    await expect(layoutSlip('あ', { columns: 86 })).rejects.toThrow(RangeError);
  });

  it('keeps automatic status on, and cuts exactly once at the end', async () => {
    const { commands } = await onPaper(BALANCE_SLIP);
    expect(commands.filter((command) => command.kind === 'automatic-status')).toEqual([{ kind: 'automatic-status', mask: 0x0e }]);
    expect(commands.filter((command) => command.kind === 'cut')).toHaveLength(1);
    expect(commands.at(-1)?.kind).toBe('cut');
  });

  it('prints amounts with figures about 9 mm high', async () => {
    const { commands } = await onPaper('^^^^^12,345^^^^^');
    expect(commands).toContainEqual({ kind: 'set', what: 'size', value: 0x33 }); // 4 × 24 dots at 8 dots/mm, figures ¾ of it
  });

  it('refuses text that does not fit its column instead of cutting it off', async () => {
    expect(await layoutSlip('{w:4;t:nowrap}\n123456', { columns })).toEqual({ kind: 'unprintable', why: 'cut-off' });
    expect(await layoutSlip('{w:2}\n^^^^円^^^^', { columns })).toEqual({ kind: 'unprintable', why: 'cut-off' });
  });

  it.each(['{x:\\x1b@}', '{c:12345;o:code128}', '{i:iVBORw0KGgo=}'])('refuses %s, which would bypass the rules above', async (markup) => {
    expect(await layoutSlip(markup, { columns })).toEqual({ kind: 'unprintable', why: 'unsupported-markup' });
  });

  it('goes out in pieces of at most 1 KB that together are the slip', async () => {
    const layout = await layoutSlip(`${LOAD_SLIP}\n{c:https://town.example/0123456789;o:qrcode,6,m}`, { columns });
    if (layout.kind !== 'printable') throw new Error(layout.why);
    const sent = [...pieces(layout.units)];
    expect(sent.length).toBeGreaterThan(3);
    expect(sent.every((piece) => piece.length <= PIECE_BYTES_MAX)).toBe(true);
    expect(Buffer.concat(sent).equals(Buffer.concat(layout.units))).toBe(true);
  });
});

describe('preview', () => {
  it('is a picture of the same slip that loads nothing from outside and is always the same', async () => {
    const picture = await slipPreviewSvg(BALANCE_SLIP, { columns });
    expect(picture).toMatch(/^<svg width="576px"/);
    expect(picture).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
    expect(picture).toBe(await slipPreviewSvg(BALANCE_SLIP, { columns }));
    for (const character of '残高苫前町') expect(picture).toContain(`>${character}</tspan>`);
  });

  it('shows hostile text as text', async () => {
    const picture = await slipPreviewSvg(escapeSlipText('<script>&{x:1}'), { columns });
    expect(picture).not.toContain('<script');
    expect(picture.replace(/<[^>]*>/g, '')).toContain('&lt;script&gt;&amp;{x:1}');
  });
});

it('costs no memory until the first slip is laid out', () => {
  const script = `
    await import(${JSON.stringify(new URL('serial-slip-printer.ts', import.meta.url).href)});
    const heavy = (process.report.getReport().sharedObjects ?? []).filter((name) => /canvas|skia|bindings/.test(name));
    const { createRequire } = await import('node:module');
    const loaded = Object.keys(createRequire(import.meta.url).cache).filter((name) => /receiptline|canvas|serialport/.test(name));
    console.log(JSON.stringify([heavy, loaded]));`;
  expect(JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }))).toEqual([[], []]);
});
