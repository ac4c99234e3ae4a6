/** What stands beside a backup: what it is, how to see that it is whole, and how far every kiosk had been heard. */
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fsyncSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { DeviceId, MunicipalityId } from '../../contract/ids.ts';
import { Generation } from '../../contract/sync.ts';
import { Moment } from '../../contract/time.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { BackendUnusable } from '../unusable.ts';

const count = z.int().min(0);

export const BackupManifest = z.strictObject({
  format: z.literal('kazasu-backup'),
  version: z.literal(1),
  engine: z.enum(['sqlite', 'postgres']),
  schemaVersion: count,
  madeAt: Moment,
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** What the look at the copy found. */
  ledger: z.strictObject({ movements: count, postings: count, lots: count, journalEntries: count, faults: count }),
  towns: z.array(
    z.strictObject({
      municipalityId: MunicipalityId,
      generation: Generation,
      lastCursor: count,
      devices: z.array(z.strictObject({ deviceId: DeviceId, seq: count, hash: z.string().length(64) })),
    }),
  ),
});
export type BackupManifest = z.infer<typeof BackupManifest>;

export const manifestPath = (file: string): string => `${file}.json`;

/** SHA-256 of a file in hexadecimal, and its size in bytes; the file is never in memory as a whole. */
export async function digestOf(file: string): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return { sha256: hash.digest('hex'), bytes: statSync(file).size };
}

/** How far the feed goes and every device has been heard. */
export async function readTowns({ kysely }: BackendDatabase): Promise<BackupManifest['towns']> {
  const towns = await kysely.selectFrom('change_counter').selectAll().orderBy('municipality_id').execute();
  const heads = await kysely
    .selectFrom('journal_entry as entry')
    .select(['entry.municipality_id', 'entry.device_id', 'entry.seq', 'entry.hash'])
    .where((eb) =>
      eb('entry.seq', '=', eb.selectFrom('journal_entry as other').select((inner) => inner.fn.max('other.seq').as('seq')).whereRef('other.municipality_id', '=', 'entry.municipality_id').whereRef('other.device_id', '=', 'entry.device_id')),
    )
    .orderBy('entry.device_id')
    .execute();
  return towns.map(({ municipality_id, generation, last_cursor }) => ({
    municipalityId: MunicipalityId.parse(municipality_id),
    generation,
    lastCursor: last_cursor,
    devices: heads.filter((head) => head.municipality_id === municipality_id).map(({ device_id, seq, hash }) => ({ deviceId: DeviceId.parse(device_id), seq, hash })),
  }));
}

/** Durable when it returns. */
export function writeManifest(file: string, manifest: BackupManifest): void {
  const place = manifestPath(file);
  const descriptor = openSync(place, 'wx', 0o600);
  try {
    writeFileSync(descriptor, `${JSON.stringify(BackupManifest.parse(manifest), null, 2)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** @throws BackendUnusable when the backup is not whole, or is none */
export async function readManifest(file: string): Promise<BackupManifest> {
  let text: string;
  try {
    text = readFileSync(manifestPath(file), 'utf8');
  } catch {
    throw new BackendUnusable('configuration', `There is no backup ${file}: ${path.basename(manifestPath(file))} is missing beside it. Name the file that \`backup\` printed.`);
  }
  const manifest = BackupManifest.safeParse(parsed(text)).data;
  if (!manifest) throw new BackendUnusable('configuration', `${manifestPath(file)} is damaged, or a newer program wrote it. Take another backup.`);
  const found = await digestOf(file).catch(() => undefined);
  if (found?.bytes !== manifest.bytes || found.sha256 !== manifest.sha256) {
    throw new BackendUnusable('configuration', `The backup ${file} is not what was written: it was cut short or has changed. Take another backup.`);
  }
  return manifest;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
