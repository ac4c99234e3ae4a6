/** The keys of cards on a device: sealed as the backend seals them, kept sealed, used only in their time. */
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cardRefOf } from '../../contract/card-ref.ts';
import { CARD_KEYS_INFO, type CardKeyMaterial, type CardKeysRequest, type CardKeysResponse } from '../../contract/sync.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import type { CardKeys } from '../../hardware/card/card-keys.ts';
import { sealingKeyOfSeed, sealingPublicKeyOf } from '../identity.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Backend, BackendAnswer } from '../ports.ts';
import { accountOf, openOrThrow, temporaryLedger } from '../test-support/ledger-town.ts';
import { createManualClock, type ManualClock } from '../test-support/manual-clock.ts';
import { createRecordedLog } from '../test-support/recorded-log.ts';
import { createDeviceCardKeys } from './device-card-keys.ts';

const UID = Uint8Array.of(4, 1, 2, 3, 4, 5, 0x80);
const IDENTITY = { cardKey: new Uint8Array(32).fill(9), sealingKey: sealingKeyOfSeed(Buffer.alloc(32, 1).toString('base64url')) };
const OTHER = sealingKeyOfSeed(Buffer.alloc(32, 2).toString('base64url'));
const CARD = cardRefOf(IDENTITY.cardKey, UID);
const MATERIAL: CardKeyMaterial = { profile: 'desfire', version: 3, spend: '11'.repeat(16), load: '22'.repeat(16) };
const KEYS = { kind: 'keys', keys: { profile: 'desfire', version: 3, spend: new Uint8Array(16).fill(0x11), load: new Uint8Array(16).fill(0x22) } };
const DAY = 86_400_000;

async function seal(material: CardKeyMaterial, options: { readonly to?: typeof OTHER; readonly forCard?: string } = {}): Promise<string> {
  const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() });
  const recipientPublicKey = await suite.kem.deserializePublicKey(Buffer.from(sealingPublicKeyOf(options.to ?? IDENTITY.sealingKey), 'base64url'));
  const text = new TextEncoder();
  const sealed = await suite.seal({ recipientPublicKey, info: text.encode(CARD_KEYS_INFO) }, text.encode(JSON.stringify(material)), text.encode(options.forCard ?? CARD));
  return Buffer.concat([Buffer.from(sealed.enc), Buffer.from(sealed.ct)]).toString('base64url');
}

describe('the keys of cards on this device', () => {
  const place = temporaryLedger();
  let ledger: Ledger;
  let clock: ManualClock;
  let asked: CardKeysRequest[];
  let answer: BackendAnswer<CardKeysResponse>;
  let cardKeys: CardKeys;
  let log: ReturnType<typeof createRecordedLog>;

  const given = async (sealed: string, days = 7) => {
    answer = { kind: 'answered', value: { kind: 'keys', cardRef: CARD, until: momentFromEpoch(clock.now() + days * DAY), sealed } };
  };
  beforeEach(() => {
    ledger = openOrThrow(place.file);
    clock = createManualClock();
    log = createRecordedLog();
    asked = [];
    answer = { kind: 'unreachable', detail: 'ECONNREFUSED' };
    const backend = { cardKeys: async (request: CardKeysRequest) => (asked.push(request), answer) } as Pick<Backend, 'cardKeys'> as Backend;
    cardKeys = createDeviceCardKeys({ ledger, backend, clock, log }, IDENTITY);
  });
  afterEach(() => {
    ledger.close();
    place.remove();
  });

  it('are asked for once, kept sealed, and used while the backend cannot be reached', async () => {
    await given(await seal(MATERIAL));
    expect(await cardKeys.keysOf('desfire', UID)).toEqual(KEYS);
    expect(asked).toEqual([{ profile: 'desfire', identifier: '04010203040580' }]);
    answer = { kind: 'unreachable', detail: 'ECONNREFUSED' };
    expect(await cardKeys.keysOf('desfire', UID)).toEqual(KEYS);
    expect(asked).toHaveLength(1);
    expect(JSON.stringify(ledger.cardKeys(CARD))).not.toContain(MATERIAL.profile === 'desfire' ? MATERIAL.spend : '');
  });

  it('are asked for again when their time is over, and not used beyond it', async () => {
    await given(await seal(MATERIAL), 1);
    await cardKeys.keysOf('desfire', UID);
    clock.setNow(clock.now() + 2 * DAY);
    answer = { kind: 'unreachable', detail: 'ECONNREFUSED' };
    expect(await cardKeys.keysOf('desfire', UID)).toEqual({ kind: 'not-here' });
    expect(asked).toHaveLength(2);
  });

  it('that came in advance are used without asking, until the town says something new of the card', async () => {
    const until = momentFromEpoch(clock.now() + 7 * DAY);
    ledger.applyChanges([{ type: 'card-keys', cardRef: CARD, profile: 'desfire', until, sealed: await seal(MATERIAL) }], 1, until);
    expect(await cardKeys.keysOf('desfire', UID)).toEqual(KEYS);
    expect(asked).toEqual([]);
    ledger.applyChanges([{ type: 'card', cardRef: CARD, accountId: accountOf(1), profile: 'desfire', state: 'active' }], 2, until);
    expect(await cardKeys.keysOf('desfire', UID)).toEqual({ kind: 'not-here' });
    expect(asked).toHaveLength(1);
  });

  it('that were sealed to another device or for another card are worth nothing', async () => {
    for (const sealed of [await seal(MATERIAL, { to: OTHER }), await seal(MATERIAL, { forCard: '0'.repeat(32) }), 'AAAA']) {
      await given(sealed);
      expect(await cardKeys.keysOf('desfire', UID)).toEqual({ kind: 'not-here' });
      expect(ledger.cardKeys(CARD)).toBeUndefined();
    }
  });

  it('of a card that the town does not know are told apart from keys that cannot be had now', async () => {
    answer = { kind: 'answered', value: { kind: 'unknown-card' } };
    expect(await cardKeys.keysOf('felica-lite-s', UID)).toEqual({ kind: 'unknown-card' });
    answer = { kind: 'refused', error: { what: 'revoked', message: '' } };
    expect(await cardKeys.keysOf('felica-lite-s', UID)).toEqual({ kind: 'not-here' });
    expect(log.names()).toEqual(['card-keys-missing', 'card-keys-missing']);
    expect(JSON.stringify(log.events)).not.toContain('0401020304');
  });
});
