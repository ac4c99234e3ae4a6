/** A paper card: it points to an account, takes value in, and gives none out without staff. */
import { describe, expect, it } from 'vitest';
import { codeCard } from './code-card.ts';

const IDENTIFIER = Uint8Array.from({ length: 16 }, (_, index) => index);
const movement = (kind: 'credit' | 'debit') => ({ operationId: '019a0000-0000-7000-8000-000000000001', movements: [{ pocket: 'kurashi-2026', kind, amount: 500 }] });

describe('a paper card', () => {
  const shown = codeCard(IDENTIFIER, () => true);

  it('holds and proves nothing', async () => {
    expect(shown).toMatchObject({ profile: 'code', identifier: IDENTIFIER, capabilities: { valueOnCard: false, offlineProof: false, authenticated: false } });
    expect(await shown.read()).toEqual({ kind: 'read', pockets: new Map(), counter: null });
    expect(await shown.history()).toEqual({ kind: 'read', operations: [] });
    expect(await shown.settle('019a0000-0000-7000-8000-000000000001', null)).toEqual({ kind: 'not-committed' });
  });

  it('lets value in by itself, and out only with staff', async () => {
    expect(await shown.apply(movement('credit'))).toEqual({ kind: 'committed', evidence: { kind: 'none' } });
    expect(await shown.apply(movement('debit'))).toEqual({ kind: 'not-committed', why: 'needs-staff' });
    expect(await shown.apply({ ...movement('debit'), approval: 'staff' })).toEqual({ kind: 'committed', evidence: { kind: 'none' } });
  });

  it('lets nothing happen once it is not shown any more, staff or not', async () => {
    const gone = codeCard(IDENTIFIER, () => false);
    expect(await gone.read()).toEqual({ kind: 'card-moved' });
    expect(await gone.history()).toEqual({ kind: 'card-moved' });
    for (const operation of [movement('credit'), { ...movement('debit'), approval: 'staff' as const }]) {
      expect(await gone.apply(operation)).toEqual({ kind: 'not-committed', why: 'card-moved' });
    }
  });
});
