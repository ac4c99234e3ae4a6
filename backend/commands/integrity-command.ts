/** `integrity`: adds the whole ledger up again and says what does not hold. */
import { withDatabase } from '../database/open-database.ts';
import { checkIntegrity } from '../ledger/integrity.ts';
import { print, type Command } from './command.ts';

const EXIT_FAULTS = 1;

export const integrityCommand: Command = {
  name: 'integrity',
  usage: '  integrity [--json]                       add up the whole ledger again and follow every journal; exit code 1 if anything does not hold',
  options: { json: { type: 'boolean' } },
  async run(given) {
    given.noWords();
    const checked = await withDatabase(given.place, (database) => checkIntegrity(database));
    const { movements, postings, lots, journalEntries, faults } = checked;
    if (given.flag('json')) {
      print(JSON.stringify(checked));
    } else {
      for (const fault of faults) print(`FAULT: ${fault}`);
      print(`${movements} movements, ${postings} postings, ${lots} lots, ${journalEntries} journal entries were looked at.`);
      print(faults.length === 0 ? 'Everything holds.' : 'The ledger does NOT hold. Stop loading value and tell the maintainers.');
    }
    return faults.length === 0 ? 0 : EXIT_FAULTS;
  },
};
