/** Where the town's regional-currency platform is, and the secret with which it is asked: a file of its own, readable by its owner only. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { BackendUnusable, errorCode } from '../unusable.ts';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
const PlatformFile = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).refine((url) => url.startsWith('https:') || LOOPBACK.has(new URL(url).hostname), { message: 'must be https, or http on this machine' }),
  token: z.string().min(8).max(4_096),
});
export type PlatformFile = z.infer<typeof PlatformFile>;

const FILE = 'platform.json';

/** @returns undefined when the data directory has none: then no value lives on a platform @throws BackendUnusable when it is damaged or readable by others */
export function readPlatformFile(dataDir: string): PlatformFile | undefined {
  const file = path.join(dataDir, FILE);
  let text: string;
  try {
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) throw new BackendUnusable('configuration', `The platform's secret in ${file} can be read by others. Run: chmod 600 ${file}`);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof BackendUnusable) throw error;
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new BackendUnusable('configuration', `${file} cannot be read (${errorCode(error)}).`);
  }
  const parsed = PlatformFile.safeParse(jsonOf(text)).data;
  // Its content is not quoted: it is a secret.
  if (!parsed) throw new BackendUnusable('configuration', `${file} must be {"url": "https://…", "token": "…"}.`);
  return parsed;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
