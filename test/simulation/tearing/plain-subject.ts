/** What is done through a card that only points to an account: nothing is ever written on it, the books alone decide. */
import { IdentifierCard } from '../../../hardware/simulator/virtual-card-identifier.ts';
import { HELD, HELD_AMOUNT, MOVEMENTS, nameOfDeed, type Deed } from './pockets.ts';
import type { Subject, TestCard } from './subject.ts';

const plainCard = (identifier: string, kind: 'storage' | 'iso', opening: TestCard['opening']): TestCard => {
  const uid = Uint8Array.from(Buffer.from(identifier, 'hex'));
  return {
    profile: 'plain-identifier',
    virtual: new IdentifierCard('plain', uid, kind),
    identifier: uid,
    keys: undefined,
    counter: null,
    opening,
    verdict: async () => ({ kind: 'nothing-to-see' }),
    evidenceFault: (evidence) => (evidence.kind === 'none' ? undefined : 'A plain identifier leaves no evidence'),
  };
};

const VARIANTS: ReadonlyArray<readonly [Deed, 'storage' | 'iso']> = [
  ['grant', 'storage'],
  ...(['grant', 'sale', 'spend', 'give', 'exchange', 'void', 'transfer'] as const).map((deed) => [deed, 'iso'] as const),
];

export function plainSubjects(): Subject[] {
  return VARIANTS.map(([deed, kind]) => ({
    name: `identifier-${nameOfDeed(deed)}-${kind}`,
    profile: 'plain-identifier',
    deed,
    movements: MOVEMENTS[deed],
    card: () => plainCard(kind === 'storage' ? '0101061122334455' : '04a1a2a3a4a5a6', kind, { [HELD.id]: HELD_AMOUNT }),
    otherCard: () => plainCard(kind === 'storage' ? '0101066677889900' : '04b1b2b3b4b5b6', kind, {}),
    valueCommand: () => undefined,
  }));
}
