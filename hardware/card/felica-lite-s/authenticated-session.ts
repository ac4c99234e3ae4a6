/**
 * A session in which the card has proved that it has its key: a challenge of ours, and a MAC over what it shows. What is read here came
 * from the card, and what is written here the card takes only because we have the key as well. A new challenge makes every write of an
 * earlier session worthless, which is why a read in a fresh session decides for ever whether an earlier write was carried out.
 */
import { sameSecret } from '../crypto.ts';
import type { FelicaChannel } from './felica-channel.ts';
import { BLOCK, type BlocksRead, type BlocksWritten, type NotDone } from './felica-frames.ts';
import { BLOCK_LENGTH, macOfRead, macOfWrite, sessionKeysOf, writeCounterBytes } from './mac.ts';

/** How many blocks fit into one command beside MAC_A. */
export const BLOCKS_PER_READ = 3;
const MAC_LENGTH = 8;

export interface AuthenticatedSession {
  /** Reads blocks, in as many commands as it takes. A wrong MAC now is trouble on the way, and counts as no answer. */
  read(blocks: readonly number[]): Promise<BlocksRead>;
  /** Writes one block, once. @param writeCounter what the WCNT block holds now; each write adds one */
  write(block: number, data: Uint8Array, writeCounter: number): Promise<BlocksWritten>;
}

export type SessionOpened =
  | { readonly kind: 'session'; readonly session: AuthenticatedSession; readonly blocks: readonly Uint8Array[] }
  /** The card answered well-formed, and its MAC is not that of this key. */
  | { readonly kind: 'wrong-mac' }
  | NotDone;

/**
 * Writes a fresh challenge and reads `blocks` under the card's MAC. Two commands; both may be repeated without harm.
 * @param cardKey CK in the cipher's order, 16 bytes
 * @param random gives so many bytes that nobody can foresee
 * @param blocks one to three
 */
export async function openSession(
  channel: FelicaChannel,
  cardKey: Uint8Array,
  random: (length: number) => Uint8Array,
  blocks: readonly number[],
): Promise<SessionOpened> {
  const challenge = random(BLOCK_LENGTH);
  const challenged = await channel.write([{ block: BLOCK.challenge, data: challenge }]);
  if (challenged.kind !== 'written') return challenged;
  const keys = sessionKeysOf(cardKey, challenge);

  const readOnce = async (numbers: readonly number[]): Promise<BlocksRead | { readonly kind: 'wrong-mac' }> => {
    const result = await channel.read([...numbers, BLOCK.mac]);
    if (result.kind !== 'blocks') return result;
    const contents = result.blocks.slice(0, -1);
    const mac = result.blocks.at(-1)!.slice(0, MAC_LENGTH);
    return sameSecret(mac, macOfRead(keys, numbers, contents)) ? { kind: 'blocks', blocks: contents } : { kind: 'wrong-mac' };
  };

  const first = await readOnce(blocks);
  if (first.kind !== 'blocks') return first;
  return {
    kind: 'session',
    blocks: first.blocks,
    session: {
      async read(numbers) {
        const contents: Uint8Array[] = [];
        for (let start = 0; start < numbers.length; start += BLOCKS_PER_READ) {
          const part = await readOnce(numbers.slice(start, start + BLOCKS_PER_READ));
          if (part.kind === 'wrong-mac') return { kind: 'no-answer' };
          if (part.kind !== 'blocks') return part;
          contents.push(...part.blocks);
        }
        return { kind: 'blocks', blocks: contents };
      },
      async write(block, data, writeCounter) {
        const mac = new Uint8Array(BLOCK_LENGTH);
        mac.set(macOfWrite(keys, writeCounter, block, data));
        mac.set(writeCounterBytes(writeCounter), MAC_LENGTH);
        return channel.write([{ block, data }, { block: BLOCK.mac, data: mac }]);
      },
    },
  };
}
