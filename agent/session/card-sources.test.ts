/** The reader and the scanner as one: what is there, whose turn it is, and what is not taken. */
import { beforeEach, describe, expect, it } from 'vitest';
import { CARD } from '../test-support/demo-ledger.ts';
import { ScriptedReader } from '../test-support/scripted-reader.ts';
import { ScriptedScanner } from '../test-support/scripted-scanner.ts';
import { createCardSources, type CardSources } from './card-sources.ts';

const PAPER = '8f3a61d20c5be7940ab1c6d37e52f819';
const OTHER_PAPER = '000102030405060708090a0b0c0d0e0f';
const CREDIT = { operationId: '019a0000-0000-7000-8000-000000000001', movements: [{ pocket: 'kurashi-2026', kind: 'credit' as const, amount: 500 }] };

let reader: ScriptedReader;
let scanner: ScriptedScanner;
let sources: CardSources;
let changes: number;
let unusable: string[];

beforeEach(() => {
  reader = new ScriptedReader();
  scanner = new ScriptedScanner();
  sources = createCardSources(reader, scanner);
  changes = 0;
  unusable = [];
  sources.onChange(() => (changes += 1));
  sources.onUnusableCode((why) => unusable.push(why));
});

/** The card whose code is shown now. */
function shown() {
  const presence = sources.presence();
  if (presence.kind !== 'shown') throw new Error(`no code is shown: ${presence.kind}`);
  return presence;
}

describe('a code', () => {
  it('that is shown is there until the session lets it go', () => {
    scanner.show(PAPER);
    expect(shown().card).toMatchObject({ profile: 'code', identifier: Uint8Array.from(Buffer.from(PAPER, 'hex')) });
    sources.letGo(shown().generation);
    expect(sources.presence()).toEqual({ kind: 'none' });
    expect(changes).toBe(2);
  });

  it('shown again while it is there changes nothing; after it was let go it is a new turn', () => {
    scanner.show(PAPER);
    const first = shown();
    scanner.show(PAPER);
    expect(shown()).toBe(first);
    expect(changes).toBe(1);
    sources.letGo(first.generation);
    scanner.show(PAPER);
    expect(shown().generation).not.toBe(first.generation);
  });

  it('takes the place of another, whose card lets nothing happen any more', async () => {
    scanner.show(PAPER);
    const first = shown();
    scanner.show(OTHER_PAPER);
    expect(shown().generation).not.toBe(first.generation);
    expect(await first.card.apply(CREDIT)).toEqual({ kind: 'not-committed', why: 'card-moved' });
    expect(await shown().card.apply(CREDIT)).toMatchObject({ kind: 'committed' });
  });

  it('is not let go by somebody who means the one before it', () => {
    scanner.show(PAPER);
    const { generation } = shown();
    scanner.show(OTHER_PAPER);
    sources.letGo(generation);
    expect(Buffer.from(shown().card.identifier).toString('hex')).toBe(OTHER_PAPER);
  });

  it('stays there when the scanner is unplugged, and when the reader is', () => {
    scanner.show(PAPER);
    scanner.setStatus({ kind: 'absent' });
    reader.unplug();
    expect(shown().kind).toBe('shown');
    expect(sources.status()).toEqual({ kind: 'absent' });
  });
});

describe('a card on the reader', () => {
  it('comes before a code: the code’s turn is over, and its card lets nothing happen any more', async () => {
    scanner.show(PAPER);
    const { card } = shown();
    reader.put(CARD);
    expect(sources.presence()).toBe(reader.presence());
    expect(await card.apply(CREDIT)).toEqual({ kind: 'not-committed', why: 'card-moved' });
    reader.take();
    expect(sources.presence()).toEqual({ kind: 'none' });
  });

  it.each([
    ['a card', () => reader.put(CARD)],
    ['several cards', () => reader.putAnother()],
    ['a card that cannot be read', () => reader.unreadable('mute')],
  ])('keeps codes from being taken while %s lies there', (_, put) => {
    put();
    const before = changes;
    scanner.show(PAPER);
    scanner.showUnusable('foreign');
    expect(sources.presence()).toBe(reader.presence());
    expect([changes, unusable]).toEqual([before, []]);
  });
});

describe('a code that is no card', () => {
  it('is told when nobody’s card is there, and nothing is kept of it', () => {
    scanner.showUnusable('foreign');
    scanner.showUnusable('damaged');
    expect(unusable).toEqual(['foreign', 'damaged']);
    expect(sources.presence()).toEqual({ kind: 'none' });
  });

  it('does not disturb the one whose code is there', () => {
    scanner.show(PAPER);
    scanner.showUnusable('foreign');
    expect([shown().kind, unusable]).toEqual(['shown', []]);
  });
});

it('without a scanner is the reader alone', () => {
  const alone = createCardSources(reader, undefined);
  reader.put(CARD);
  expect([alone.presence(), alone.status()]).toEqual([reader.presence(), reader.status()]);
});

it('stopped, it hears nothing more and remembers no card', () => {
  scanner.show(PAPER);
  sources.stop();
  scanner.show(OTHER_PAPER);
  reader.put(CARD);
  reader.take();
  expect([sources.presence().kind, changes]).toEqual(['none', 1]);
});
