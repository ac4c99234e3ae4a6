import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BALANCE_SLIP, LOAD_SLIP } from './example-slips.ts';
import { findRealTimeCommand } from './escpos-commands.ts';
import { jisX0208Table } from './slip-characters.ts';
import { escapeSlipText, layoutSlip, slipPreviewSvg } from './slip-layout.ts';
import { PIECE_BYTES_MAX, pieces } from './slip-pieces.ts';
import { decodeCommand, type PrinterCommand } from '../simulator/virtual-printer-commands.ts';
import { DRAWN_CHARACTER, PrinterPage } from '../simulator/virtual-printer-page.ts';

const columns = 48;

/** Lays out and gives the bytes to a printer's page. @returns what stands on the paper */
async function onPaper(markup: string): Promise<{ text: string; complaints: string[]; commands: PrinterCommand[]; bytes: Uint8Array }> {
  const layout = await layoutSlip(markup, { columns });
  if (layout.kind !== 'printable') throw new Error(`unprintable: ${layout.why}`);
  const complaints: string[] = [];
  const commands: PrinterCommand[] = [];
  const page = new PrinterPage((complaint) => complaints.push(complaint));
  for (const unit of layout.units) {
    for (let at = 0; at < unit.length; ) {
      const decoded = decodeCommand(unit.subarray(at), page.kanji);
      if (!decoded) throw new Error('a unit ends inside a command');
      commands.push(decoded.command);
      page.do(decoded.command);
      at += decoded.length;
    }
  }
  return { text: page.tear().text, complaints, commands, bytes: Buffer.concat(layout.units) };
}

const drawn = ({ commands }: { commands: PrinterCommand[] }) => commands.filter((command) => command.kind === 'define-glyph').length;

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

  it.each(['\ue000', '😀', '葛\u{e01ef}', '\u200b', '\u{f0001}', '𐀀'])('refuses the whole slip for %j, which no font has', async (character) => {
    expect(await layoutSlip(`田${character}中`, { columns })).toEqual({ kind: 'unprintable', why: 'character' });
  });

  it('refuses a slip with more drawn characters than a printer can learn', async () => {
    const many = String.fromCodePoint(...Array.from({ length: 95 }, (_, index) => 0xac00 + index * 28), ...Array.from({ length: 120 }, (_, index) => 0xc0 + index));
    expect(await layoutSlip(many, { columns })).toEqual({ kind: 'unprintable', why: 'character' });
  });

  it('never substitutes: what stands on the paper is what was given, whatever it was', async () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom(...'\\|{}~_"`^-=;:x07?nｶﾞ髙〜 '),
        fc.constantFrom('---', '===', '{c:1}', '\\n', '\\x41', '||', '^^^'),
        fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
        fc.constantFrom(...[...jisX0208Table().keys()].filter((character) => character.normalize() === character)),
      ),
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(text, async (given) => {
        const paper = await onPaper(`左${escapeSlipText(given)}右`);
        const expected = `左${given.normalize()}右`.replaceAll('髙', DRAWN_CHARACTER).replaceAll('〜', '～').replaceAll('—', '―').replaceAll('−', '－').replaceAll('‖', '∥');
        expect(paper.text.replaceAll('\n', '')).toBe(expected.replace(/[¢£¬]/g, (sign) => ({ '¢': '￠', '£': '￡', '¬': '￢' })[sign] ?? sign));
        expect(paper.complaints).toEqual([]);
      }),
      { numRuns: 150 },
    );
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
