/** The office's private key: a file of its own in the data directory, readable by its owner only, never in the database or a log. */
import { generateKeyPairSync } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { BackendUnusable, errorCode, isDiskFull } from '../unusable.ts';

const OfficeKey = z.object({ kty: z.literal('OKP'), crv: z.literal('X25519'), x: z.string().length(43), d: z.string().length(43) });
export type OfficeKey = z.infer<typeof OfficeKey>;

const FILE = 'office-key.json';

/** Makes a key pair (X25519, JWK). */
export function newOfficeKey(): OfficeKey {
  return OfficeKey.parse(generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' }));
}

/**
 * The key of this data directory; made on first use and on the disk before anything is sealed to it.
 * @throws BackendUnusable when the file is damaged or the directory cannot be written
 */
export function officeKeyIn(dataDir: string): OfficeKey {
  const file = path.join(dataDir, FILE);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const key = newOfficeKey();
    const descriptor = openSync(file, 'wx', 0o600);
    try {
      writeSync(descriptor, `${JSON.stringify(key)}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    return key;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return read(file);
    if (isDiskFull(error)) throw new BackendUnusable('unavailable', `There is no room left for ${file}. Free some disk space and start again.`, { cause: error });
    throw new BackendUnusable('configuration', `The key file ${file} cannot be written (${errorCode(error)}). Check that its directory exists and belongs to the user that runs the backend.`, { cause: error });
  }
}

/** The key of this data directory, to open what was sealed to it. @throws BackendUnusable when it is not there: another one would open nothing */
export function readOfficeKey(dataDir: string): OfficeKey {
  return read(path.join(dataDir, FILE));
}

function read(file: string): OfficeKey {
  try {
    return OfficeKey.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    // The cause is left out: a parser's message may quote the file.
    throw new BackendUnusable('configuration', `The office's key file ${file} cannot be read (${errorCode(error) || 'it is damaged'}). Restore it from its backup: without it, nobody can open the residents' names.`);
  }
}
