/** Turns what a card left behind of a movement into what the journal keeps of it. */
import type { CardEvidence } from '../../contract/card.ts';
import type { Evidence } from '../../hardware/card/stored-value.ts';

export function journalEvidence(evidence: Evidence): CardEvidence {
  switch (evidence.kind) {
    case 'none':
    case 'log':
    case 'write-counter':
      return evidence;
    case 'transaction-mac':
      return {
        kind: 'transaction-mac',
        counter: evidence.counter,
        transactionCounter: evidence.transactionCounter,
        value: hexOf(evidence.value),
        input: hexOf(evidence.input),
      };
  }
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
