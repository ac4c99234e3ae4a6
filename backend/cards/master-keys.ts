/**
 * The town's master keys of cards: a file of its own, readable by its owner only; never in the database, never in a log, never sent.
 * Several versions may be in use at once, because cards are re-keyed one by one. Made where cards are issued (`npm run cards`).
 */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { BackendUnusable, errorCode } from '../unusable.ts';

const MasterKeyFile = z.strictObject({
  version: z.literal(1),
  municipality: z.string(),
  keys: z.array(z.strictObject({ version: z.int().min(1).max(255), master: z.string().regex(/^[0-9a-f]{32}$/) })).min(1),
});

const FILE = 'card-keys.json';

/** The master keys behind functions, so that none can get into a message or a log by being printed. */
export interface CardMasterKeys {
  /** The town they belong to. */
  readonly municipality: string;
  /** Newest first. */
  readonly versions: readonly number[];
  /** 16 bytes. */
  master(version: number): Uint8Array | undefined;
}

/**
 * The keys in `file`, or in the data directory when no file is named.
 * @returns undefined when no file is named and the data directory has none: then no card of this town has keys
 * @throws BackendUnusable when the file is missing, damaged or readable by others
 */
export function readCardMasterKeys(place: { readonly dataDir: string; readonly file?: string | undefined }): CardMasterKeys | undefined {
  const file = place.file ?? path.join(place.dataDir, FILE);
  let text: string;
  try {
    // On Windows the bits say nothing; the file's access list is for the administrator.
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
      throw new BackendUnusable('configuration', `The card keys in ${file} can be read by others. Run: chmod 600 ${file}`);
    }
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof BackendUnusable) throw error;
    if (place.file === undefined && errorCode(error) === 'ENOENT') return undefined;
    throw new BackendUnusable('configuration', `The card keys in ${file} cannot be read (${errorCode(error)}). Restore the file from its backup: without it, no card of the town can be loaded.`);
  }
  const keys = parse(text);
  // What is wrong with it is not quoted: a parser's message may show a key.
  if (!keys) throw new BackendUnusable('configuration', `The card keys in ${file} are damaged. Restore the file from its backup: without it, no card of the town can be loaded.`);
  return keys;
}

function parse(text: string): CardMasterKeys | undefined {
  try {
    const { municipality, keys } = MasterKeyFile.parse(JSON.parse(text));
    const masters = new Map(keys.map(({ version, master }) => [version, Uint8Array.from(Buffer.from(master, 'hex'))]));
    if (masters.size !== keys.length) return undefined;
    return { municipality, versions: [...masters.keys()].sort((a, b) => b - a), master: (version) => masters.get(version) };
  } catch {
    return undefined;
  }
}
