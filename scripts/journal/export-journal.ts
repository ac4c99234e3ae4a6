/** Writes the journal of a ledger file in one of the formats, piece by piece. The file is only read. */
import { readLedger } from '../../agent/ledger/ledger-audit.ts';
import type { BooksFormat, BooksFormatName, NamedSchemes } from '../../contract/export/books-format.ts';
import { csvBooks } from '../../contract/export/csv-books.ts';
import { hledgerBooks } from '../../contract/export/hledger-books.ts';
import { movementOf } from '../../contract/journal-check.ts';
import { JournalBody, type JournalEntry } from '../../contract/journal.ts';
import { entryLine, sealLine } from './exported-journal.ts';

/**
 * `json` is the whole journal and can be verified; `csv` and `hledger` are the movements in it that happened.
 * @param after only what comes after this entry
 * @param write takes the next piece of text
 * @throws when the file cannot be read, or an entry in it is none
 */
export function exportJournal(path: string, options: { readonly format: BooksFormatName; readonly after: number }, write: (text: string) => void): void {
  readLedger(path, options.after, ({ seals, entries, schemes }) => {
    if (options.format === 'json') {
      for (const seal of seals) write(sealLine(seal));
      for (const entry of entries) write(entryLine(entry));
      return;
    }
    const format = formatOf(options.format, schemes);
    write(format.head());
    for (const entry of entries) write(movementText(entry, format));
    write(format.end());
  });
}

const formatOf = (name: 'csv' | 'hledger', schemes: NamedSchemes): BooksFormat => (name === 'csv' ? csvBooks(schemes) : hledgerBooks(schemes));

function movementText(entry: JournalEntry, format: BooksFormat): string {
  const body = JournalBody.parse(JSON.parse(entry.body));
  const movement = movementOf(body);
  return movement ? format.movement({ movement, device: body.device, seq: body.seq }) : '';
}
