import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { DeviceId, RequestId } from '../ids.ts';
import { deviceKeysOf, newKiosk, newOffice, sealedContent, type TestKiosk } from '../test-support/sealed-request.ts';
import { openParts, takeOfficeKey, type DeviceKeys, type Opened } from './open-sealed-code.ts';
import { requestCode } from './request-code.ts';
import { sealedRequestCode } from './sealed-code.ts';
import type { SealedContent } from './sealed-content.ts';
import { bytesOfParts, PART_CHARACTERS_MAX, PARTS_MAX, partsOfBytes, readPart, type Part } from './sealed-parts.ts';

const OFFICE = newOffice();
const KIOSK = newKiosk();
const KEYS = deviceKeysOf(KIOSK);
const codeOf = async (content: SealedContent = sealedContent(), kiosk: TestKiosk = KIOSK) => (await sealedRequestCode(OFFICE.x ?? '', content, kiosk)) ?? [];
/** As hard to pack as names are. */
const kanji = (seed: number, count: number) => String.fromCodePoint(...Array.from({ length: count }, (_, index) => 0x4e00 + ((seed * 7_919 + index * index * 104_729) % 20_000)));
/** So many lines of fifteen characters. */
const linesOf = (count: number) => Array.from({ length: count }, (_, at) => ({ label: `${at}`, value: kanji(at, 15) }));
const REQUEST = sealedContent({ lines: [...sealedContent().lines, ...linesOf(3)] });
const CODE = await codeOf(REQUEST);
const LONG = await codeOf(sealedContent({ lines: linesOf(30) }));

async function partsOf(texts: readonly string[]): Promise<Part[]> {
  const parts = await Promise.all(texts.map(readPart));
  return parts.filter((part) => part !== undefined);
}

async function opened(texts: readonly string[], { office = OFFICE, keys = KEYS }: { readonly office?: JsonWebKey; readonly keys?: DeviceKeys | null } = {}): Promise<Opened> {
  const key = await takeOfficeKey(office);
  if (!key) throw new Error('not a key');
  return openParts(await partsOf(texts), key, keys);
}

/** The same message with its bytes changed, cut into parts again as if somebody had meant it. */
async function changed(texts: readonly string[], change: (bytes: Uint8Array) => void): Promise<string[]> {
  const bytes = await bytesOfParts(await partsOf(texts));
  if (!bytes) throw new Error('not whole');
  change(bytes);
  return (await partsOfBytes(bytes)) ?? [];
}

describe('a sealed code', () => {
  it('is opened by the office, as it was asked for, and says which kiosk made it', async () => {
    expect(await opened(CODE)).toEqual({ kind: 'opened', content: REQUEST, maker: { kind: 'known', label: '役場1' } });
  });

  it('carries whatever can be asked for', async () => {
    const lines = fc.array(fc.record({ label: fc.string({ unit: 'grapheme', maxLength: 20 }), value: fc.option(fc.string({ unit: 'grapheme', maxLength: 40 })) }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(lines, fc.constantFrom('self', 'household', 'agent'), async (told, asker) => {
        const content = sealedContent({ lines: told, asker });
        expect(await opened(await codeOf(content))).toMatchObject({ kind: 'opened', content });
      }),
      { numRuns: 40 },
    );
  });

  it('says nothing of the request in the open, and is never the same twice', async () => {
    const bytes = Buffer.from((await bytesOfParts(await partsOf(CODE))) ?? []).toString('latin1');
    expect(bytes).toContain('yakuba-1');
    expect(bytes).not.toMatch(/residence|0042|self/);
    expect(bytes).not.toContain(Buffer.from('髙橋').toString('latin1'));
    expect(await codeOf(REQUEST)).not.toEqual(CODE);
  });

  it('has a length that tells long answers from short ones only roughly', async () => {
    const length = async (value: string) => (await codeOf(sealedContent({ lines: [{ label: '氏名', value }] }))).map((text) => text.length);
    expect(await length('林')).toEqual(await length('長谷川 久美子エリザベス'));
  });

  it('is not made when the request is too long for paper, nor by another kiosk than the request’s', async () => {
    const endless = Array.from({ length: 60 }, (_, at) => ({ label: 'あ', value: kanji(at, 100) }));
    expect(await sealedRequestCode(OFFICE.x ?? '', sealedContent({ lines: endless }), KIOSK)).toBeUndefined();
    await expect(codeOf(sealedContent({ device: DeviceId.parse('yakuba-2') }))).rejects.toThrow('yakuba-2');
  });

  it('is opened by no other key, and says so', async () => {
    expect(await opened(CODE, { office: newOffice() })).toEqual({ kind: 'other-key' });
  });

  it('is of an unknown kiosk without a list, or when the list has it not', async () => {
    expect(await opened(CODE, { keys: null })).toMatchObject({ kind: 'opened', maker: { kind: 'unknown' } });
    expect(await opened(CODE, { keys: { ...KEYS, devices: [] } })).toMatchObject({ kind: 'opened', maker: { kind: 'unknown' } });
  });

  it('says that its kiosk is refused, and does not pass off another’s signature as a kiosk’s', async () => {
    expect(await opened(CODE, { keys: deviceKeysOf(KIOSK, 'revoked') })).toMatchObject({ kind: 'opened', maker: { kind: 'revoked', label: '役場1' } });
    expect(await opened(CODE, { keys: deviceKeysOf(newKiosk()) })).toEqual({ kind: 'forged' });
  });

  it('is not opened when one byte of it was changed, whichever, even by somebody who frames it anew', async () => {
    const whole = (await bytesOfParts(await partsOf(CODE)))?.length ?? 0;
    expect(whole).toBeGreaterThan(400);
    for (let at = 0; at < whole; at++) {
      const texts = await changed(CODE, (bytes) => (bytes[at] = (bytes[at] ?? 0) ^ 1));
      expect([at, (await opened(texts)).kind]).not.toContain('opened');
      // Without a list the signature alone tells nobody anything; all that it signs is sealed as well.
      if (at < whole - 64) expect([at, (await opened(texts, { keys: null })).kind]).not.toContain('opened');
    }
  });

  it('cannot be taken for another request by another name', async () => {
    const other = RequestId.parse('01900000-0000-7000-8000-000000000002');
    const texts = await changed(CODE, (bytes) => bytes.set(Buffer.from(other.replaceAll('-', ''), 'hex')));
    expect(await opened(texts, { keys: null })).toEqual({ kind: 'damaged' });
  });
});

describe('the parts of a code', () => {
  it('are few letters and digits that every keyboard has in the same place, and fit a symbol of version 20', () => {
    expect([CODE.length, LONG.length]).toEqual([2, 5]);
    for (const text of [...CODE, ...LONG]) {
      expect(text).toMatch(/^KZ2[A-Z2-7]+$/);
      expect(text.length).toBeLessThanOrEqual(PART_CHARACTERS_MAX);
    }
  });

  it('are read in any order', async () => {
    const shuffles = fc.shuffledSubarray(LONG, { minLength: LONG.length });
    await fc.assert(fc.asyncProperty(shuffles, async (texts) => (await opened(texts)).kind === 'opened'), { numRuns: 10 });
  });

  it.each<readonly [string, (text: string) => string]>([
    ['small letters', (text) => text.toLowerCase()],
    ['full-width letters', (text) => text.replace(/[A-Z0-9]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0))],
    ['blanks and a line end', (text) => ` ${text.slice(0, 40)} ${text.slice(40)}\r\n`],
  ])('are read in %s', async (_how, mangled) => {
    expect((await opened(CODE.map(mangled))).kind).toBe('opened');
  });

  it('are not read when a key was lost, doubled, swapped or changed', async () => {
    const [text = ''] = CODE;
    for (let at = 0; at < text.length; at++) {
      const [letter = '', next = ''] = [text[at], text[at + 1]];
      const wrong = [text.slice(0, at) + text.slice(at + 1), text.slice(0, at) + letter + text.slice(at), text.slice(0, at) + (letter === 'A' ? 'B' : 'A') + text.slice(at + 1)];
      if (next !== '' && letter !== next) wrong.push(text.slice(0, at) + next + letter + text.slice(at + 2));
      for (const one of wrong) expect([at, await readPart(one)]).toEqual([at, undefined]);
    }
  });

  it('of two requests, or not all of one, are no request', async () => {
    const [first = '', second = ''] = CODE;
    const [otherFirst = '', otherSecond = ''] = await codeOf(sealedContent({ number: '役場1-0043' }));
    for (const texts of [[first, otherSecond], [otherFirst, second], [first], [second], [first, first], [first, second, first], []]) expect(await opened(texts)).toEqual({ kind: 'damaged' });
    // Noticed by the tag already, before any key is used.
    expect(await bytesOfParts(await partsOf([first, otherSecond]))).toBeUndefined();
  });

  it('are not what else a scanner reads', async () => {
    for (const text of ['', 'KZ2', 'KZ2AAAA', 'KZ3AAAA', '住民票', requestCode(REQUEST.requestId, KIOSK), `KZ2${'A'.repeat(5_000)}`]) expect([text, await readPart(text)]).toEqual([text, undefined]);
  });

  it('are at most nine', async () => {
    expect(await partsOfBytes(new Uint8Array(PARTS_MAX * 405))).toHaveLength(PARTS_MAX);
    expect(await partsOfBytes(new Uint8Array(PARTS_MAX * 405 + 1))).toBeUndefined();
    expect(await partsOfBytes(new Uint8Array())).toBeUndefined();
  });
});

it.each([null, 'x', {}, { ...OFFICE, d: undefined }, { ...OFFICE, crv: 'Ed25519' }, { ...OFFICE, d: 'A'.repeat(43), x: '_'.repeat(43) }])('%j is no key of an office', async (content) => {
  expect(await takeOfficeKey(content)).toBeUndefined();
});
