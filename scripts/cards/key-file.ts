/**
 * The file of a town's card keys: made here, read here and by the backend (backend/cards/master-keys.ts, which says its form). Must never
 * overwrite keys, for the cards made with them could never be changed again, and never lie where git would take it.
 */
import { randomBytes } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { readCardMasterKeys, type CardMasterKeys } from '../../backend/cards/master-keys.ts';
import { errorCode } from '../../backend/unusable.ts';
import { diversifiedKey, type KeyPurpose } from '../../contract/diversified-key.ts';
import type { MunicipalityId } from '../../contract/ids.ts';
import type { IssuerKeys } from '../../hardware/card/desfire/issuer-keys.ts';
import { KEY } from '../../hardware/card/desfire/layout.ts';
import { isInProject, syncDirectory, writeDurably } from './new-file.ts';

const MASTER_KEY_BYTES = 16;
const VERSION_MAX = 255;

export type KeyFileOutcome =
  | { readonly kind: 'written'; readonly version: number }
  | { readonly kind: 'exists' }
  /** It would lie in the project's own directory, and might be published with it. */
  | { readonly kind: 'in-the-project' }
  /** There are 255 versions; a card cannot tell more apart. */
  | { readonly kind: 'full' }
  | { readonly kind: 'not-written'; readonly code: string };

/** Makes the file with version 1 of a town's keys. */
export function newKeyFile(file: string, municipality: MunicipalityId): KeyFileOutcome {
  return write(file, municipality, new Map([[1, randomBytes(MASTER_KEY_BYTES)]]), 'new');
}

/** Adds the next version. What was there stays: there are cards with it. @throws BackendUnusable when the file cannot be read */
export function addKeyVersion(file: string): KeyFileOutcome {
  const keys = readKeyFile(file);
  const version = keys.versions[0]! + 1;
  if (version > VERSION_MAX) return { kind: 'full' };
  const masters = new Map(keys.versions.toReversed().map((each) => [each, keys.master(each)!]));
  return write(file, keys.municipality, masters.set(version, randomBytes(MASTER_KEY_BYTES)), 'replace');
}

/** @throws BackendUnusable when it is missing, damaged or readable by others */
export function readKeyFile(file: string): CardMasterKeys {
  const keys = readCardMasterKeys({ dataDir: path.dirname(file), file });
  if (!keys) throw new Error('A file of keys that was named is read or refused');
  return keys;
}

function write(file: string, municipality: string, masters: ReadonlyMap<number, Uint8Array>, how: 'new' | 'replace'): KeyFileOutcome {
  if (isInProject(file)) return { kind: 'in-the-project' };
  const keys = [...masters].map(([version, master]) => ({ version, master: Buffer.from(master).toString('hex') }));
  const place = how === 'new' ? file : `${file}.new`;
  try {
    // What an adding that was cut off left: no card was ever made with it.
    if (how === 'replace') rmSync(place, { force: true });
    writeDurably(place, `${JSON.stringify({ version: 1, municipality, keys }, null, 2)}\n`);
    if (how === 'replace') renameSync(place, file);
    syncDirectory(path.dirname(file));
  } catch (error) {
    const code = errorCode(error);
    return how === 'new' && code === 'EEXIST' ? { kind: 'exists' } : { kind: 'not-written', code };
  }
  return { kind: 'written', version: keys.at(-1)!.version };
}

/** Which key of the town a key of the application is. */
const PURPOSE = { master: 'application-master', spend: 'spend', load: 'load', reservedA: 'reserved-a', reservedB: 'reserved-b' } as const satisfies Record<keyof typeof KEY, KeyPurpose>;

/** All keys of each card, made of the town's master keys. */
export function issuerKeys(masters: CardMasterKeys): IssuerKeys {
  return {
    keysOf(uid, version) {
      const master = masters.master(version);
      if (!master) return undefined;
      const key = (purpose: KeyPurpose) => diversifiedKey(master, purpose, uid);
      const application: Uint8Array[] = [];
      for (const [name, purpose] of Object.entries(PURPOSE)) application[KEY[name as keyof typeof KEY]] = key(purpose);
      return { card: key('card-master'), application, transactionMac: key('transaction-mac') };
    },
  };
}
