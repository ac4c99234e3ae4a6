/** `backup` and `restore`. */
import { makeBackup } from '../backup/make-backup.ts';
import { restoreBackup } from '../backup/restore-backup.ts';
import { systemClock, systemRandomness } from '../ports.ts';
import { print, remark, type Command } from './command.ts';

const EXIT_FAULTS = 1;

export const backupCommand: Command = {
  name: 'backup',
  usage: '  backup --to FILE|DIR                     copy the database while it serves, look the copy over, and write a manifest beside it',
  options: { to: { type: 'string' } },
  async run(given) {
    given.noWords();
    const { file, manifest, faults } = await makeBackup(given.place, given.required('to'), systemClock);
    print(file);
    const { movements, journalEntries } = manifest.ledger;
    remark(`${manifest.bytes} bytes with ${movements} movements and ${journalEntries} journal entries. The keys (office-key.json, card-keys.json) are not in it: keep them elsewhere.`);
    for (const fault of faults) remark(`FAULT: ${fault}`);
    return faults.length === 0 ? 0 : EXIT_FAULTS;
  },
};

export const restoreCommand: Command = {
  name: 'restore',
  usage: '  restore --from FILE                      put a backup back into an empty directory (--data) or an empty database (--database-url)',
  options: { from: { type: 'string' } },
  async run(given) {
    given.noWords();
    const { manifest, integrity, awaited } = await restoreBackup(given.required('from'), given.place, { clock: systemClock, randomness: systemRandomness });
    print(`The backup of ${manifest.madeAt} is back: ${integrity.movements} movements, ${integrity.journalEntries} journal entries.`);
    remark(`Put office-key.json and card-keys.json beside it, and serve. Nothing is leased to anybody until ${awaited} kiosks have been heard; revoke those that never will be.`);
    remark('Enter again what the office has done since: schemes, grants, cards registered, cards stopped. Kiosks that were enrolled since must be enrolled anew.');
    for (const fault of integrity.faults) print(`FAULT: ${fault}`);
    return integrity.faults.length === 0 ? 0 : EXIT_FAULTS;
  },
};
