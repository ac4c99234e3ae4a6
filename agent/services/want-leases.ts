/**
 * Use case: a card is shown and the town can be asked: what its holder may receive and buy should come here. Nobody waits for it; what
 * comes in time is on the next screen.
 */
import type { AccountId } from '../../contract/ids.ts';
import type { Ports } from '../ports.ts';
import type { Synchroniser } from '../sync/synchroniser.ts';

/** Asks the town, and pulls what it has set aside. Silence is no trouble: the kiosk goes on with what it has. */
export async function wantLeases(
  accountId: AccountId,
  { ledger, backend, sync }: Pick<Ports, 'ledger' | 'backend'> & { readonly sync: Pick<Synchroniser, 'syncOnce'> },
): Promise<void> {
  const answer = await backend.want({ accountId });
  if (answer.kind === 'answered' && answer.value.cursor > ledger.syncState().cursor) await sync.syncOnce();
}
