/** `export`: the town's books for a spreadsheet, an accounting program, or a program of one's own. */
import { once } from 'node:events';
import { BOOKS_FORMATS } from '../../contract/export/books-format.ts';
import { LocalDate } from '../../contract/time.ts';
import { townInBooks } from '../cards/register-card.ts';
import { withDatabase } from '../database/open-database.ts';
import { exportBooks, type Period } from '../ledger/export-books.ts';
import { UsageError, type Command, type Given } from './command.ts';
import { namedTown } from './staff-commands.ts';

export const exportCommand: Command = {
  name: 'export',
  usage: `  export --format csv|json|hledger [--from DAY] [--to DAY]
                                           print the movements in the books, of days like 2026-11-21, both included (docs/journal.md)`,
  options: { municipality: { type: 'string' }, format: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' } },
  async run(given) {
    given.noWords();
    const wanted = given.required('format');
    const format = BOOKS_FORMATS.find((known) => known === wanted);
    if (!format) throw new UsageError(`--format must be one of ${BOOKS_FORMATS.join(', ')}, not "${wanted}".`);
    const period = readPeriod(given);
    await withDatabase(given.place, async (database) => {
      const { municipalityId } = await townInBooks(database, namedTown(given));
      await exportBooks(database, { municipalityId, format, period }, printed);
    });
    return 0;
  },
};

function readPeriod(given: Given): Period {
  const day = (option: 'from' | 'to') => {
    const text = given.optional(option);
    if (text === undefined) return undefined;
    const read = LocalDate.safeParse(text).data;
    if (read === undefined) throw new UsageError(`--${option} must be a day like 2026-11-21, not "${text}".`);
    return read;
  };
  const [from, to] = [day('from'), day('to')];
  if (from !== undefined && to !== undefined && to < from) throw new UsageError(`--to ${to} is before --from ${from}.`);
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** Waits for whoever reads it, so that large books need little memory. */
async function printed(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
