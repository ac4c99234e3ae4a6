/** Sends a journal from where the town's copy of it ends. Unlike the synchroniser it knows nothing of the ledger, and writes nothing down. */
import type { SealJournal } from '../../contract/journal-seal.ts';
import type { JournalEntry } from '../../contract/journal.ts';
import type { ApiError } from '../../contract/sync.ts';
import type { Backend } from '../ports.ts';

const ENTRIES_AT_ONCE = 100;

export type HandIn =
  | { readonly kind: 'handed-in'; readonly seq: number }
  | { readonly kind: 'unreachable'; readonly detail: string }
  | { readonly kind: 'refused'; readonly what: ApiError['what']; readonly detail: string };

/** @param entries the whole journal from its first entry */
export async function handIn(entries: readonly JournalEntry[], { backend, sealJournal }: { readonly backend: Pick<Backend, 'push'>; readonly sealJournal: SealJournal }): Promise<HandIn> {
  const last = entries.at(-1)?.seq ?? 0;
  // Its end first: the town answers how far it has the journal.
  let from = last;
  for (let rewound = false; from <= last && last > 0; ) {
    const portion = entries.slice(from - 1, from - 1 + ENTRIES_AT_ONCE);
    const head = portion.at(-1);
    if (!head) break;
    const answer = await backend.push({ entries: portion, seal: sealJournal(head).signature });
    if (answer.kind === 'unreachable') return answer;
    if (answer.kind === 'answered') {
      from = Math.max(answer.value.acknowledgedSeq, head.seq) + 1;
      continue;
    }
    const { what, message, expectedSeq } = answer.error;
    if (what !== 'gap' || expectedSeq === undefined || rewound || expectedSeq > last) return { kind: 'refused', what, detail: message };
    rewound = true;
    from = expectedSeq;
  }
  return { kind: 'handed-in', seq: last };
}
