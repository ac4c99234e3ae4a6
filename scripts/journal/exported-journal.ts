/**
 * A journal as JSON lines: first the seals, then the entries, one a line. Seals come first so that a file whose end was cut off still says how
 * far the journal went. An entry's line is the entry itself; a seal's line is `{"seal":{…}}`.
 */
import { JournalCheck, sentenceOf, type JournalCheckOptions, type JournalReport } from '../../contract/journal-check.ts';
import { JournalEntry, JournalSeal } from '../../contract/journal.ts';

export const sealLine = (seal: JournalSeal): string => `${JSON.stringify({ seal })}\n`;
export const entryLine = ({ seq, prevHash, hash, body }: JournalEntry): string => `${JSON.stringify({ seq, prevHash, hash, body })}\n`;

/** @returns what the file holds, and what does not verify, in words */
export function checkExport(text: string, options: JournalCheckOptions): { readonly journal: JournalReport; readonly faults: readonly string[] } {
  const check = new JournalCheck(options);
  const faults: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const content = parse(line);
    if (content?.entry) check.entry(content.entry);
    else if (content?.seal) check.seal(content.seal);
    else faults.push(`Line ${index + 1} is neither a journal entry nor a seal.`);
  }
  const journal = check.report();
  if (journal.last === 0) faults.push('The file holds no entries.');
  return { journal, faults: [...faults, ...journal.faults.map(sentenceOf)] };
}

function parse(line: string): { readonly entry?: JournalEntry | undefined; readonly seal?: JournalSeal | undefined } | undefined {
  try {
    const content: unknown = JSON.parse(line);
    if (typeof content === 'object' && content !== null && 'seal' in content) return { seal: JournalSeal.safeParse(content.seal).data };
    return { entry: JournalEntry.safeParse(content).data };
  } catch {
    return undefined;
  }
}
