/** Cards of a test town that prove themselves: what the backend sees of them, made without the backend's own code. */
import { createHash, randomBytes } from 'node:crypto';
import { cmac } from '@noble/ciphers/aes.js';
import { cardRefOf } from '../../contract/card-ref.ts';
import type { CardEvidence } from '../../contract/card.ts';
import { diversifiedKey } from '../../contract/diversified-key.ts';
import type { AccountId, CardRef, SchemeId } from '../../contract/ids.ts';
import { changeOfPockets, type Movement } from '../../contract/value.ts';
import type { CardMasterKeys } from '../cards/master-keys.ts';
import { TOMAMAE } from '../seed/demo-town.ts';
import type { TestTown } from './test-town.ts';

const MASTERS = new Map([1, 2].map((version) => [version, Uint8Array.from(randomBytes(16))]));
export const TEST_CARD_KEYS: CardMasterKeys = { municipality: TOMAMAE.id, versions: [2, 1], master: (version) => MASTERS.get(version) };

const STATE_BYTES = 104;
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
  /** What is on the card, by scheme; the card itself refuses nothing here. */
  readonly held = new Map<SchemeId, number>();

  readonly #masters: ReadonlyMap<number, Uint8Array>;
  /** What its state file holds besides what the movements say. */
  readonly #state: Buffer<ArrayBuffer>;

  private constructor(profile: TestCard['profile'], identifier: Buffer, cardRef: CardRef, masters: ReadonlyMap<number, Uint8Array> = MASTERS, state: Buffer<ArrayBuffer> = Buffer.alloc(STATE_BYTES, 0x11)) {
    this.profile = profile;
    this.identifier = identifier;
    this.cardRef = cardRef;
    this.#masters = masters;
    this.#state = state;
  }

  /** A DESFire card of another town, whose master key (version 1) this is. Its state is as random as a real one's. */
  static ofTown(identifier: Buffer, cardRef: CardRef, master: Uint8Array): TestCard {
    const state = Buffer.concat([0, 1, 2, 3].map((part) => createHash('sha256').update(identifier).update(String(part)).digest())).subarray(0, STATE_BYTES);
    return new TestCard('desfire', identifier, cardRef, new Map([[1, master]]), state);
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
    const copy = new TestCard(this.profile, this.identifier, this.cardRef, this.#masters, this.#state);
    copy.counter = this.counter;
    return copy;
  }

  get named() {
    return { cardRef: this.cardRef, profile: this.profile };
  }

  #slotOf(scheme: SchemeId): number {
    if (!this.held.has(scheme)) this.held.set(scheme, 0);
    return [...this.held.keys()].indexOf(scheme);
  }

  /** Does the movement: the counter grows, and the card leaves its evidence. @param faults the card takes another amount, or has another key */
  commit(movement: Movement, faults: { readonly amount?: number; readonly keyVersion?: number } = {}): CardEvidence {
    this.counter += 1;
    if (this.profile === 'felica-lite-s') return { kind: 'write-counter', counter: this.counter, writeCounter: 2 * this.counter };
    const state = this.#state;
    const changes = [...changeOfPockets(movement)].map(([scheme, change]) => {
      const amount = faults.amount ?? Math.abs(change);
      return { scheme, slot: this.#slotOf(scheme), debit: change < 0, amount };
    });
    for (const { scheme, debit, amount } of changes) this.held.set(scheme, (this.held.get(scheme) ?? 0) + (debit ? -amount : amount));
    const record = Buffer.alloc(80);
    record.write(movement.operationId.replaceAll('-', ''), 'hex');
    record.writeUInt32LE(this.counter, 16);
    record.set([1, changes.length], 20);
    for (const [index, { scheme, slot, debit, amount }] of changes.entries()) {
      record.set(createHash('sha256').update(scheme).digest().subarray(0, 8), 24 + 14 * index);
      record.set([slot, debit ? 1 : 0, ...word(amount, 4)], 32 + 14 * index);
    }
    const input = Buffer.concat([
      command(Buffer.from([0xad, 0x00, 0, 0, 0, 104, 0, 0]), state),
      ...changes.map(({ slot }) => command(Buffer.from([0x6c, 1 + slot, ...word(0, 4)]))),
      ...changes.map(({ slot, debit, amount }) => command(Buffer.from([debit ? 0xdc : 0x0c, 1 + slot, ...word(amount, 4)]))),
      command(Buffer.from([0x8d, 0x00, 0, 0, 0, 104, 0, 0]), state),
      command(Buffer.from([0x8b, 0x0a, 0, 0, 0, 80, 0, 0]), record),
    ]);
    const master = this.#masters.get(faults.keyVersion ?? 1);
    if (!master) throw new Error('There is no such master key');
    const key = diversifiedKey(master, 'transaction-mac', this.identifier);
    const transactionCounter = this.counter + this.foreignTransactions;
    const session = cmac(Buffer.concat([Buffer.from('5a00010080', 'hex'), word(transactionCounter, 4), this.identifier]), key);
    const value = Buffer.from(cmac(input, session).filter((_, index) => index % 2 === 1));
    return { kind: 'transaction-mac', counter: this.counter, transactionCounter, value: value.toString('hex'), input: input.toString('hex') };
  }
}
