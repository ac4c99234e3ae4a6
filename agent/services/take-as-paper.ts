/**
 * Use case: tickets leave the card, or the account, to come out as paper. That they are to come out, and under which number, is written down before
 * anything leaves; nothing leaves while no paper could come out. The paper itself follows (`paper-owed.ts`), never before.
 */
import { spendValue } from '../../contract/movements.ts';
import type { Ports } from '../ports.ts';
import { debitValue, type DebitPorts, type DebitRequest } from './debit-value.ts';
import type { MoveResult } from './move-value.ts';
import { readinessOf } from './printer-words.ts';

/** @throws LedgerUnavailable; then nothing was changed, or the intent is open and is decided at the next tap */
export async function takeAsPaper(input: DebitRequest & { readonly tickets: number }, ports: DebitPorts & Pick<Ports, 'printer'>): Promise<MoveResult> {
  const { operationId, holder, tickets } = input;
  const { ledger, printer } = ports;
  const result = await debitValue(
    input,
    (facts) => {
      const { paper } = facts.scheme.rules ?? {};
      if (!paper) return { ok: false, rule: 'not-offered' };
      if (readinessOf(printer.status()) !== 'ready') return { ok: false, rule: 'no-paper' };
      const built = spendValue({ ...facts, amount: tickets, acceptor: paper.acceptor.id });
      if (built.ok) ledger.promisePaper(operationId, holder.accountId);
      return built;
    },
    ports,
  );
  if (result.kind !== 'moved' && result.kind !== 'unknown') ledger.keepPaperPromise(operationId);
  return result;
}
