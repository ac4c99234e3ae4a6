/**
 * A process that is meant to be killed: loads one entitlement after the other and says each operation on standard output only after
 * its commit has returned. Arguments: the ledger's file, the number of the first person.
 */
import { writeSync } from 'node:fs';
import { openOrThrow, idsOf, NO_EVIDENCE, NOW, prepareLoad, townChanges } from './ledger-town.ts';

const [file = '', firstPerson = '0'] = process.argv.slice(2);
const PEOPLE = 5_000;

const ledger = openOrThrow(file);
if (ledger.syncState().cursor === 0) ledger.applyChanges(townChanges(PEOPLE), 1, NOW);
writeSync(1, 'ready\n');
const ids = idsOf(1_000_000 + Number(firstPerson));
for (let person = Number(firstPerson); person < PEOPLE; person += 1) {
  const operation = ids.operation();
  if (prepareLoad(ledger, person, operation) !== 'prepared') throw new Error(`person ${person} could not be prepared`);
  ledger.commit(operation, ids.entry(), NO_EVIDENCE);
  writeSync(1, `${person} ${operation}\n`);
}
