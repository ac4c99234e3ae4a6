/**
 * Operations on FeliCa Lite-S cards, whose value is in the books and whose mirror is on the card: fresh, used, and with as many pockets as
 * the mirror has room for; through a reader that passes frames on, and through one that wants a session around them. Every block is
 * compared, but for the slot that the operation was being written into, which holds nothing until its first block is there.
 */
import type { CardEvidence } from '../../../contract/card.ts';
import type { OperationId } from '../../../contract/ids.ts';
import type { FelicaReaderStyle } from '../../../hardware/card/felica-lite-s/felica-channel.ts';
import { felicaLiteSCard } from '../../../hardware/card/felica-lite-s/felica-lite-s-card.ts';
import { BLOCKS_PER_SLOT, SLOT_STARTS, bytesOfUuid, markOf, mirrorIn, slotHeadIn, type Mirror } from '../../../hardware/card/felica-lite-s/mirror.ts';
import type { CardMovement } from '../../../hardware/card/stored-value.ts';
import { STYLE_OF, issuedFelicaCard, random } from '../../../hardware/simulator/felica-lite-s/issued-card.ts';
import type { VirtualReaderStyle } from '../../../hardware/simulator/felica-lite-s/reader-front.ts';
import { DirectReader } from '../../../hardware/simulator/direct-reader.ts';
import { FelicaLiteSCard } from '../../../hardware/simulator/virtual-card-felica-lite-s.ts';
import { HELD, HELD_AMOUNT, MOVEMENTS, OTHERS, SCHEMES, credit, debit, nameOfDeed, type Deed } from './pockets.ts';
import type { Subject, TestCard, Verdict } from './subject.ts';

const IDM = Uint8Array.of(0x01, 0x2e, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56);
const OTHER_IDM = Uint8Array.of(0x01, 0x2e, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66);
const CARD_KEY = Uint8Array.from({ length: 16 }, (_, index) => 0x21 + 3 * index);
const OTHER_CARD_KEY = CARD_KEY.map((byte) => byte ^ 0x5a);

interface Beginning {
  readonly name: 'fresh' | 'used' | 'full';
  readonly past: ReadonlyArray<readonly CardMovement[]>;
}

const held = [credit(HELD.id, HELD_AMOUNT)];
const FRESH: Beginning = { name: 'fresh', past: [] };
const USED: Beginning = { name: 'used', past: [held, [credit(OTHERS[0]!.id, 10)], [debit(OTHERS[0]!.id, 4)]] };
/** One pocket more than the mirror has room for: the one that moved longest ago has gone. */
const FULL: Beginning = { name: 'full', past: [held, ...OTHERS.map(({ id }) => [credit(id, 20)])] };

interface Variant {
  readonly deed: Deed;
  readonly beginning: Beginning;
  readonly style?: VirtualReaderStyle;
}

const VARIANTS: readonly Variant[] = [
  ...[FRESH, USED, FULL].map((beginning): Variant => ({ deed: 'grant', beginning })),
  ...[USED, FULL].map((beginning): Variant => ({ deed: 'spend', beginning })),
  { deed: 'spend', beginning: USED, style: 'rc-s300' },
  ...(['sale', 'give', 'exchange', 'void', 'transfer'] as const).map((deed): Variant => ({ deed, beginning: USED })),
];

export async function felicaSubjects(): Promise<Subject[]> {
  const other = await memoryAfter(OTHER_IDM, OTHER_CARD_KEY, []);
  const subjects: Subject[] = [];
  for (const { deed, beginning, style = 'acr125x' } of VARIANTS) {
    const movements = MOVEMENTS[deed];
    const before = await memoryAfter(IDM, CARD_KEY, beginning.past);
    const opening: Record<string, number> = beginning === FRESH ? {} : { [HELD.id]: HELD_AMOUNT };
    subjects.push({
      name: `felica-${nameOfDeed(deed)}${style === 'rc-s300' ? '-in-a-session' : ''}-${beginning.name}`,
      profile: 'felica-lite-s',
      deed,
      movements,
      card: () => new TornFelicaCard({ idm: IDM, key: CARD_KEY, opening, before, past: beginning.past, movements, style }),
      otherCard: () => new TornFelicaCard({ idm: OTHER_IDM, key: OTHER_CARD_KEY, opening: {}, before: other, past: [], movements, style }),
      valueCommand,
    });
  }
  return subjects;
}

async function memoryAfter(idm: Uint8Array, key: Uint8Array, past: Beginning['past']): Promise<Uint8Array> {
  const { card, keys } = await issuedFelicaCard(idm, key);
  const reader = new DirectReader();
  const options = { style: STYLE_OF.acr125x, random, pockets: SCHEMES.map(({ id }) => id) };
  const lying = felicaLiteSCard(reader, reader.insert(card), idm, keys, options);
  for (const [index, movements] of past.entries()) {
    const outcome = await lying.apply({ operationId: `0190a000-0000-7000-8000-${String(index + 1).padStart(12, '0')}`, movements });
    if (outcome.kind !== 'committed') throw new Error(`The card could not be brought into its state: ${outcome.kind}`);
  }
  return card.exportMemory();
}

/** Only a write with MAC_A changes what lasts; the challenge is forgotten with the power. */
function valueCommand(command: Uint8Array): string | undefined {
  for (const idm of [IDM, OTHER_IDM]) {
    const at = Buffer.from(command).indexOf(idm);
    // The frame: code, IDm, one service in two bytes, number of blocks, and each block as 80 and its number.
    if (at > 0 && command[at - 1] === 0x08 && command[at + 11] === 2) return `write of block ${command[at + 13]}`;
  }
  return undefined;
}

const BLOCK = 16;
/** Places in an exported memory. */
const SYSTEM_FROM = 14 * BLOCK;
const WRITE_COUNTER_FROM = 22 * BLOCK;

interface Setting {
  readonly idm: Uint8Array;
  readonly key: Uint8Array;
  readonly opening: TestCard['opening'];
  readonly before: Uint8Array;
  readonly past: Beginning['past'];
  readonly movements: readonly CardMovement[];
  readonly style: VirtualReaderStyle;
}

class TornFelicaCard implements TestCard {
  readonly profile = 'felica-lite-s';
  readonly virtual: FelicaLiteSCard;
  readonly identifier: Uint8Array;
  readonly keys: TestCard['keys'];
  readonly counter: number;
  readonly opening: TestCard['opening'];
  readonly felicaStyle: FelicaReaderStyle;
  readonly #setting: Setting;

  constructor(setting: Setting) {
    const { idm, key, opening, before, past, style } = setting;
    this.#setting = setting;
    this.identifier = idm;
    this.keys = { profile: 'felica-lite-s', version: 1, card: key };
    this.counter = past.length;
    this.opening = opening;
    this.felicaStyle = STYLE_OF[style];
    this.virtual = new FelicaLiteSCard('felica', idm, { readerStyle: style });
    this.virtual.importMemory(before);
  }

  async verdict(operations: readonly OperationId[]): Promise<Verdict> {
    const { before } = this.#setting;
    const after = this.virtual.exportMemory();
    const [was, is] = [newestSlot(before), newestSlot(after)];
    if (!was || !is) return { kind: 'wrong', what: 'The card has no whole slot' };
    if (!same(systemBlocks(after), systemBlocks(before))) return { kind: 'wrong', what: 'Something besides the mirror was changed' };
    if (!same(slotBytes(after, was.slot), slotBytes(before, was.slot))) return { kind: 'wrong', what: 'The slot that held was written over' };
    if (is.slot === was.slot) return { kind: 'not-at-all' };
    const operationId = operations.find((operation) => same(is.mirror.operationId, bytesOfUuid(operation)));
    if (operationId === undefined) return { kind: 'wrong', what: 'The card was written although nothing was to happen on it' };
    if (this.#isAsWanted(is.mirror)) return { kind: 'once', operationId };
    return { kind: 'wrong', what: 'The mirror is neither as before nor as after the operation' };
  }

  evidenceFault(evidence: CardEvidence): string | undefined {
    const newest = newestSlot(this.virtual.exportMemory());
    const right = evidence.kind === 'write-counter' && evidence.counter === this.counter + 1 && evidence.writeCounter === newest?.mirror.writeCounter;
    return right ? undefined : 'The evidence is not the write counter that the card confirmed';
  }

  #isAsWanted(mirror: Mirror): boolean {
    const { past, movements } = this.#setting;
    const moved = (some: readonly CardMovement[]) => some.map(({ pocket, kind, amount }) => `${markOf(pocket)} ${kind === 'credit' ? amount : -amount}`);
    const sums = new Map<string, number>();
    for (const { pocket, kind, amount } of [...past.slice(-this.#remembered()), movements].flat()) {
      const sum = (sums.get(pocket) ?? 0) + (kind === 'credit' ? amount : -amount);
      // The latest moved comes last in a map only when it is put in anew.
      sums.delete(pocket);
      sums.set(pocket, sum);
    }
    const pockets = [...sums].reverse().slice(0, POCKETS_MAX).map(([pocket, sum]) => `${markOf(pocket)} ${sum}`);
    return (
      mirror.counter === this.counter + 1 &&
      mirror.movements.map(({ mark, amount }) => `${mark} ${amount}`).join() === moved(movements).join() &&
      mirror.pockets.map(({ mark, amount }) => `${mark} ${amount}`).join() === pockets.join()
    );
  }

  /** A pocket that had to make room on the full card begins again at nothing when it comes back. */
  #remembered(): number {
    return this.#setting.past.length > POCKETS_MAX ? POCKETS_MAX : this.#setting.past.length;
  }
}

const POCKETS_MAX = 6;

function newestSlot(memory: Uint8Array): { readonly slot: number; readonly mirror: Mirror } | undefined {
  const whole = SLOT_STARTS.flatMap((start, slot) => {
    const block = (place: number) => memory.slice((start + place) * BLOCK, (start + place + 1) * BLOCK);
    const head = slotHeadIn(block(0));
    const mirror = head && mirrorIn(head, head.places.map(block));
    return mirror ? [{ slot, mirror }] : [];
  });
  return whole.sort((a, b) => b.mirror.counter - a.mirror.counter)[0];
}

function slotBytes(memory: Uint8Array, slot: number): Uint8Array {
  const start = SLOT_STARTS[slot]! * BLOCK;
  return memory.slice(start, start + BLOCKS_PER_SLOT * BLOCK);
}

/** Without the write counter, which only counts. */
function systemBlocks(memory: Uint8Array): Uint8Array {
  return memory.slice(SYSTEM_FROM, WRITE_COUNTER_FROM);
}

const same = (one: Uint8Array, other: Uint8Array): boolean => Buffer.from(one).equals(other);
