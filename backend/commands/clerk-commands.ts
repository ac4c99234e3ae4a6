/** What the window gets on a stick, where no network reaches: the page that opens sealed codes, and the list of kiosks whose signatures it believes. */
import { spawnSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DeviceKeys } from '../../contract/procedure/open-sealed-code.ts';
import { withDatabase } from '../database/open-database.ts';
import { listDevices } from '../devices/known-devices.ts';
import { BackendUnusable, errorCode } from '../unusable.ts';
import { print, remark, type Command } from './command.ts';

const TO_FILE = { out: { type: 'string' } } as const;

export const clerkPageCommand: Command = {
  name: 'clerk-page',
  usage: '  clerk-page --out FILE.html               write the page with which the window opens sealed codes, offline (docs/clerk-page.md)',
  options: TO_FILE,
  async run(given) {
    given.noWords();
    const file = given.required('out');
    // By itself, because it takes the tools that build pages; the backend runs without them.
    const { status, stderr, stdout } = spawnSync(process.execPath, [fileURLToPath(new URL('../../scripts/clerk-page.ts', import.meta.url)), file], { encoding: 'utf8' });
    if (status !== 0) throw new BackendUnusable('configuration', `The page could not be written to ${file}: ${stderr.trim()}`);
    print(stdout.trim());
    return 0;
  },
};

export const deviceKeysCommand: Command = {
  name: 'device-keys',
  usage: '  device-keys --out FILE.json              write who signs for each kiosk, for that page; no secret, and to be written anew after an enrolment or a revocation',
  options: TO_FILE,
  async run(given) {
    given.noWords();
    const file = given.required('out');
    const devices = await withDatabase(given.place, listDevices);
    const list = DeviceKeys.parse({ kind: 'kazasu device keys', devices: devices.map(({ deviceId, label, publicKey, state }) => ({ device: deviceId, label, publicKey, state })) });
    try {
      writeFileSync(`${file}.new`, `${JSON.stringify(list, null, 2)}\n`);
      renameSync(`${file}.new`, file);
    } catch (error) {
      throw new BackendUnusable('configuration', `${file} cannot be written (${errorCode(error)}). Check that its directory exists.`, { cause: error });
    }
    print(`${file}: ${devices.length}`);
    if (devices.length === 0) remark('No kiosk is enrolled yet. Make a code with: npm run backend -- invite --site SITE --label LABEL');
    return 0;
  },
};
