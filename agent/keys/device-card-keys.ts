/**
 * The keys of single cards, as far as this device may have them: what it was given earlier and may still use, or what the backend gives
 * it now. They lie in the ledger sealed to this device and are opened only while a card is on the reader. Never sees a master key.
 */
import type { KeyObject } from 'node:crypto';
import { cardRefOf } from '../../contract/card-ref.ts';
import type { CardRef } from '../../contract/ids.ts';
import type { CardKeysRequest } from '../../contract/sync.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import type { CardKeys, CardKeysAnswer } from '../../hardware/card/card-keys.ts';
import type { SealedCardKeys } from '../ledger/ledger.ts';
import type { Ports } from '../ports.ts';

export function createDeviceCardKeys(
  ports: Pick<Ports, 'ledger' | 'backend' | 'clock' | 'log'>,
  identity: { readonly cardKey: Uint8Array; readonly sealingKey: KeyObject },
): CardKeys {
  const { ledger, backend, clock, log } = ports;

  async function open(cardRef: CardRef, { profile, sealed }: SealedCardKeys): Promise<CardKeysAnswer> {
    const { openCardKeys } = await import('./open-card-keys.ts');
    const keys = await openCardKeys(identity.sealingKey, cardRef, sealed);
    if (keys?.profile === profile) return { kind: 'keys', keys };
    // Sealed to another key, or damaged: worth nothing here.
    ledger.dropCardKeys(cardRef);
    log.event('card-keys-missing', { profile, why: 'cannot-be-opened' });
    return { kind: 'not-here' };
  }

  async function ask(request: CardKeysRequest): Promise<CardKeysAnswer> {
    const answer = await backend.cardKeys(request);
    if (answer.kind !== 'answered') {
      log.event('card-keys-missing', { profile: request.profile, why: answer.kind });
      return { kind: 'not-here' };
    }
    const { value } = answer;
    if (value.kind === 'unknown-card') {
      log.event('card-keys-missing', { profile: request.profile, why: value.kind });
      return { kind: 'unknown-card' };
    }
    const kept: SealedCardKeys = { profile: request.profile, until: value.until, sealed: value.sealed };
    ledger.keepCardKeys(value.cardRef, kept);
    return open(value.cardRef, kept);
  }

  return {
    async keysOf(profile, identifier): Promise<CardKeysAnswer> {
      const cardRef = cardRefOf(identity.cardKey, identifier);
      const kept = ledger.cardKeys(cardRef);
      if (kept?.profile === profile && kept.until > momentFromEpoch(clock.now())) {
        const opened = await open(cardRef, kept);
        if (opened.kind === 'keys') return opened;
      }
      return ask({ profile, identifier: Buffer.from(identifier).toString('hex') });
    },
  };
}
