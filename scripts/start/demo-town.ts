/**
 * The demo town for a kiosk without a configuration of its own: its configuration file, its residents, and the kiosk's enrolment.
 * Uses the same commands a town's staff would type, so nothing works here that would not work there.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { StartPlaces } from './places.ts';
import type { StartPorts } from './ports.ts';

/** A command of the product that did not end well; the message is what it said. */
export class CommandFailed extends Error {}

/** @returns what it wrote to standard output */
function command(root: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    let complained = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(said);
      else reject(new CommandFailed(`${words.join(' ')} (exit ${code}):\n${(complained || said).trim()}`));
    });
  });
}

export function writeDemoConfiguration(places: StartPlaces, ports: StartPorts): void {
  const configuration = {
    dataDir: places.kioskData,
    server: { port: ports.agent },
    backend: { url: `http://127.0.0.1:${ports.link}` },
    // Real and virtual readers alike, so that both a card in the hand and `npm run device` work.
    reader: { allow: ['.'] },
    scanner: { path: places.scannerLink },
    printer: { path: places.printerLink, baudRate: 115_200, columns: 48 },
    display: { ppi: 102.6, readerSide: 'below' },
    simulated: true,
  };
  writeFileSync(places.configuration, `${JSON.stringify(configuration, null, 2)}\n`, { mode: 0o600 });
}

function fingerprintOf(directory: string): string {
  const hash = createHash('sha256');
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isFile()) hash.update(entry.name).update(readFileSync(path.join(entry.parentPath, entry.name)));
  }
  return hash.digest('hex');
}

/** Brings the demo's residents, cards and schemes into the backend's books; not again while the demo is the same. */
export async function seedDemoTown(root: string, places: StartPlaces): Promise<'seeded' | 'there'> {
  const stamp = path.join(places.backendData, 'demo.stamp');
  const wanted = fingerprintOf(path.join(root, 'backend/seed'));
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return 'there';
  await command(root, ['backend/main.ts', 'seed', 'demo', '--data', places.backendData]);
  writeFileSync(stamp, wanted);
  return 'seeded';
}

/** Gets a code from the backend and enrols this kiosk with it. The backend has to be reachable. */
export async function enrolDemoKiosk(root: string, places: StartPlaces): Promise<void> {
  const said = await command(root, ['backend/main.ts', 'invite', '--site', 'yakuba', '--label', '役場1', '--data', places.backendData]);
  const code = said.trim().split('\n').at(-1) ?? '';
  await command(root, ['agent/main.ts', 'enrol', code, '--config', places.configuration]);
}
