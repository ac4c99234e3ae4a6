/**
 * What the town's DESFire card costs at the counter: round trips, bytes, and the time those bytes take on the air. Counted on the virtual
 * card with the production profile; a real card adds its own thinking time, which no virtual card can tell.
 */
import { randomBytes } from 'node:crypto';
import { recogniseCard } from '../../hardware/card/recognise-card.ts';
import type { CardPresence } from '../../hardware/reader/card-reader.ts';
import { TownCard } from '../../hardware/simulator/desfire/town-card.ts';
import type { Row } from './rows.ts';

/** What the tap and the load may cost at most. */
const LIMITS = { balanceRoundTrips: 5, balanceBytes: 400, loadRoundTrips: 12 } as const;
const POCKETS = 8;

/** One command and its answer, in bytes, as the reader sends and gets them. */
interface Exchange {
  readonly command: number;
  readonly answer: number;
  /** False for what the reader answers by itself. */
  readonly onAir: boolean;
}

export async function cardRows(): Promise<Row[]> {
  const town = new TownCard();
  const schemes = Array.from({ length: POCKETS }, (_, index) => `scheme-${index + 1}`);
  town.schemes = schemes;
  const options = {
    cardKeys: { keysOf: async () => town.keys },
    pocketNames: () => schemes,
    profileOf: () => undefined,
    random: (bytes: number) => Uint8Array.from(randomBytes(bytes)),
  };
  const exchanges: Exchange[] = [];
  const respond = town.card.respond.bind(town.card);
  town.card.respond = (command) => {
    const answer = respond(command);
    exchanges.push({ command: command.length, answer: answer.length, onAir: command[0] !== 0xff });
    return answer;
  };
  const tap = async () => {
    const presence: Extract<CardPresence, { kind: 'present' }> = town.reader.insert(town.card);
    exchanges.length = 0;
    const recognised = await recogniseCard(town.reader, presence, options);
    if (recognised.kind !== 'stored-value') throw new Error(`The town card was taken for ${recognised.kind}`);
    return recognised.card;
  };
  const load = async (pocket: string, operation: number) => {
    const card = await tap();
    await card.read();
    exchanges.length = 0;
    const operationId = `019a0000-0000-7000-8000-${operation.toString(16).padStart(12, '0')}`;
    const outcome = await card.apply({ operationId, movements: [{ pocket, kind: 'credit', amount: 1_000 }] });
    if (outcome.kind !== 'committed') throw new Error(`The load was ${outcome.kind}`);
    return [...exchanges];
  };
  for (const [index, scheme] of schemes.entries()) await load(scheme, index);
  const card = await tap();
  const read = await card.read();
  if (read.kind !== 'read' || read.pockets.size !== POCKETS) throw new Error(`The card showed ${JSON.stringify(read)}`);
  const balance = [...exchanges];
  const loading = await load(schemes[0]!, POCKETS);
  return [
    { name: 'desfire_balance_round_trips', value: balance.length, unit: '', floor: LIMITS.balanceRoundTrips, note: 'tap to balance, 8 pockets, with recognition; floor: the limit' },
    { name: 'desfire_balance_bytes', value: bytesOf(balance), unit: 'bytes', floor: LIMITS.balanceBytes, note: 'both ways; floor: the limit' },
    { name: 'desfire_load_round_trips', value: loading.length, unit: '', floor: LIMITS.loadRoundTrips, note: `after the tap, ${bytesOf(loading)} bytes; floor: the limit` },
    ...([106, 424] as const).flatMap((rate) => [
      airRow('desfire_balance_air_ms', balance, rate),
      airRow('desfire_load_air_ms', loading, rate),
    ]),
  ];
}

const bytesOf = (exchanges: readonly Exchange[]): number => exchanges.reduce((sum, { command, answer }) => sum + command + answer, 0);

/** Milliseconds that the frames of ISO 14443-3 and -4 take, type A; the floor is the same bytes without any frame. */
function airRow(name: string, exchanges: readonly Exchange[], kilobitsPerSecond: 106 | 424): Row {
  /** Protocol byte and check sum of each block. */
  const BLOCK_OVERHEAD = 3;
  /** Each byte has a parity bit; a frame begins with one bit and ends with one. */
  const frameBits = (bytes: number) => (bytes + BLOCK_OVERHEAD) * 9 + 2;
  /** The least silence between a frame and its answer, and the other way (FDT, 1172 / 13.56 MHz). */
  const SILENCE_MS = (1_172 / 13_560_000) * 1_000;
  const onAir = exchanges.filter((exchange) => exchange.onAir);
  const bits = onAir.reduce((sum, { command, answer }) => sum + frameBits(command) + frameBits(answer), 0);
  return {
    name: `${name}_${kilobitsPerSecond}`,
    value: bits / kilobitsPerSecond + onAir.length * 2 * SILENCE_MS,
    unit: 'ms',
    floor: (bytesOf(onAir) * 8) / kilobitsPerSecond,
    note: `${onAir.length} exchanges on the air at ${kilobitsPerSecond} kbit/s, without the card’s own time; floor: the bare bytes`,
  };
}
