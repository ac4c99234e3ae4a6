/** Cards of a test town that prove themselves: what the backend sees of them, made without the backend's own code. */
import { randomBytes } from 'node:crypto';
import { cmac } from '@noble/ciphers/aes.js';
import { cardRefOf } from '../../contract/card-ref.ts';
import type { CardEvidence } from '../../contract/card.ts';
import { diversifiedKey } from '../../contract/diversified-key.ts';
import type { AccountId, CardRef } from '../../contract/ids.ts';
import type { Movement } from '../../contract/value.ts';
import type { CardMasterKeys } from '../cards/master-keys.ts';
import { TOMAMAE } from '../seed/demo-town.ts';
import type { TestTown } from './test-town.ts';

const MASTERS = new Map([1, 2].map((version) => [version, Uint8Array.from(randomBytes(16))]));
export const TEST_CARD_KEYS: CardMasterKeys = { municipality: TOMAMAE.id, versions: [2, 1], master: (version) => MASTERS.get(version) };

const word = (value: number, bytes: number) => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntLE(value, 0, bytes);
  return buffer;
};
/** One command of a transaction MAC's input: filled up to whole blocks. */
const command = (parameters: Buffer, data = Buffer.alloc(0)) => Buffer.concat([parameters, Buffer.alloc(-parameters.length & 15), data, Buffer.alloc(-data.length & 15)]);

/** A card that counts: a DESFire or FeliCa card as the town issued it to an account. */
export class TestCard {
  readonly identifier: Buffer;
  readonly cardRef: CardRef;
  readonly profile: 'desfire' | 'felica-lite-s';
  counter = 0;
  /** Transactions that somebody committed on the card besides the town's operations. */
  foreignTransactions = 0;

  private constructor(profile: TestCard['profile'], identifier: Buffer, cardRef: CardRef) {
    this.profile = profile;
    this.identifier = identifier;
    this.cardRef = cardRef;
  }

  static async issue(town: TestTown, accountId: AccountId, profile: TestCard['profile'] = 'desfire'): Promise<TestCard> {
    const { kysely } = town.database;
    const identifier = profile === 'desfire' ? Buffer.concat([Buffer.from([0x04]), randomBytes(6)]) : randomBytes(8);
    const { card_key } = await kysely.selectFrom('municipality').select('card_key').where('municipality_id', '=', TOMAMAE.id).executeTakeFirstOrThrow();
    const cardRef = cardRefOf(card_key, identifier);
    await kysely
      .insertInto('card')
      .values({ municipality_id: TOMAMAE.id, card_ref: cardRef, account_id: accountId, state: 'active', profile, key_version: 1, sealed_identifier: null })
      .execute();
    return new TestCard(profile, identifier, cardRef);
  }

  /** A card of the same memory. */
  copy(): TestCard {
    const copy = new TestCard(this.profile, this.identifier, this.cardRef);
    copy.counter = this.counter;
    return copy;
  }

  get named() {
    return { cardRef: this.cardRef, profile: this.profile };
  }

  /** Does the movement: the counter grows, and the card leaves its evidence. @param faults the card takes another amount, or has another key */
  commit(movement: Movement, faults: { readonly amount?: number; readonly keyVersion?: number } = {}): CardEvidence {
    this.counter += 1;
    if (this.profile === 'felica-lite-s') return { kind: 'write-counter', counter: this.counter, writeCounter: 2 * this.counter };
    const amount = faults.amount ?? movement.postings.reduce((sum, posting) => sum + posting.amount, 0);
    const state = Buffer.alloc(104, 0x11);
    const record = Buffer.concat([Buffer.from(movement.operationId.replaceAll('-', ''), 'hex'), word(this.counter, 4), Buffer.alloc(60)]);
    const input = Buffer.concat([
      command(Buffer.from([0xad, 0x00, 0, 0, 0, 104, 0, 0]), state),
      command(Buffer.from([0x6c, 0x01, ...word(0, 4)])),
      command(Buffer.from([0x0c, 0x01, ...word(amount, 4)])),
      command(Buffer.from([0x8d, 0x00, 0, 0, 0, 104, 0, 0]), state),
      command(Buffer.from([0x8b, 0x0a, 0, 0, 0, 80, 0, 0]), record),
    ]);
    const master = MASTERS.get(faults.keyVersion ?? 1);
    if (!master) throw new Error('There is no such master key');
    const key = diversifiedKey(master, 'transaction-mac', this.identifier);
    const transactionCounter = this.counter + this.foreignTransactions;
    const session = cmac(Buffer.concat([Buffer.from('5a00010080', 'hex'), word(transactionCounter, 4), this.identifier]), key);
    const value = Buffer.from(cmac(input, session).filter((_, index) => index % 2 === 1));
    return { kind: 'transaction-mac', counter: this.counter, transactionCounter, value: value.toString('hex'), input: input.toString('hex') };
  }
}
