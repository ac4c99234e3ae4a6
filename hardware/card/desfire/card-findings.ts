/**
 * What is on a card, read before anything is written on it: which keys it has (by their versions), and how far our application is made. Each
 * part is read with the key that the card says it has now, so that a card on which issuing or re-keying was torn is read like any other.
 * Changes nothing.
 */
import { decodeState } from './card-state.ts';
import type { IssuerCardKeys, IssuerKeys } from './issuer-keys.ts';
import { AES_KEYS, CARD_LEVEL, ISSUING_INS, LAID_OUT_FILES } from './issuing-commands.ts';
import { APPLICATION_ID, KEY, KEY_COUNT, STATE_FILE } from './layout.ts';
import { INS, STATUS, exchange, type CardLink, type Gone } from './native-commands.ts';
import { STATE_RANGE } from './plan-operation.ts';
import { authenticate, type SecureSession, type SessionFailure } from './secure-messaging.ts';

/** A card as its issuer speaks to it. */
export interface IssuedCard extends CardLink {
  /** As the reader gave it, 7 bytes; the card must say the same in a session. */
  readonly uid: Uint8Array;
  readonly issuer: IssuerKeys;
  readonly random: (bytes: number) => Uint8Array;
}

/** The version of a key that is still as the factory, or the making of an application, left it: all zeros, known to everybody. */
export const FACTORY_VERSION = 0;
const FACTORY_KEY = new Uint8Array(16);

export interface ApplicationFindings {
  /** By key number. */
  readonly keyVersions: readonly number[];
  readonly settings: number;
  /** Numbers of the files that are there; each is as the layout wants it. */
  readonly files: readonly number[];
  /** `blank`: the state was never written. */
  readonly state: 'none' | 'blank' | 'written';
}

export interface CardFindings {
  readonly keyVersion: number;
  /** Only a factory key is `des`. */
  readonly keyType: 'des' | 'aes';
  readonly settings: number;
  readonly application: ApplicationFindings | 'absent';
}

/** Whose key, for messages. */
export type KeyOwner = 'card' | keyof typeof KEY;

/** Why a card cannot be worked on. Nothing was changed by finding it out. */
export type IssuingTrouble =
  | Gone
  /** What lies there is no DESFire EV2 or EV3 with a UID of its own. */
  | { readonly kind: 'not-a-desfire' }
  /** Keys of that version are not in the issuer's hands. */
  | { readonly kind: 'no-keys'; readonly key: KeyOwner; readonly version: number }
  /** The key has a version of ours and is another: the card was issued with another master key, or is forged. */
  | { readonly kind: 'wrong-key'; readonly key: KeyOwner; readonly version: number }
  /** Something stands on the card that we did not put there, or not in this way. */
  | { readonly kind: 'not-ours'; readonly what: string }
  /** The card said no, or something that makes no sense. */
  | { readonly kind: 'failed'; readonly doing: string; readonly status: number | undefined };

export type Found<Result> = { readonly kind: 'found'; readonly result: Result } | IssuingTrouble;

/** A failed session as trouble in doing `doing`. */
export function troubleOf(failure: SessionFailure, doing: string): IssuingTrouble {
  switch (failure.kind) {
    case 'card-moved':
    case 'reader-lost':
      return failure;
    case 'garbled':
    case 'wrong-proof':
      return { kind: 'failed', doing, status: undefined };
    case 'refused':
      return { kind: 'failed', doing, status: failure.status };
  }
}

/** The key that `version` stands for on this card. */
export function keyBehind(card: IssuedCard, owner: KeyOwner, version: number): Found<Uint8Array> {
  if (version === FACTORY_VERSION) return { kind: 'found', result: FACTORY_KEY };
  const keys = card.issuer.keysOf(card.uid, version);
  if (!keys) return { kind: 'no-keys', key: owner, version };
  return { kind: 'found', result: keyOf(keys, owner) };
}

function keyOf(keys: IssuerCardKeys, owner: KeyOwner): Uint8Array {
  const key = owner === 'card' ? keys.card : keys.application[KEY[owner]];
  if (key?.length !== FACTORY_KEY.length) throw new Error(`The issuer's keys have no ${owner} key`);
  return key;
}

/** Proves the key that `version` stands for. What is to be worked on must be selected. */
export async function openSession(card: IssuedCard, owner: KeyOwner, version: number): Promise<Found<SecureSession>> {
  const key = keyBehind(card, owner, version);
  if (key.kind !== 'found') return key;
  const opened = await authenticate(card, owner === 'card' ? 0 : KEY[owner], key.result, card.random);
  if (opened.kind === 'session') return { kind: 'found', result: opened.session };
  const refused = opened.kind === 'refused' && opened.status === STATUS.authenticationError;
  return refused || opened.kind === 'wrong-proof' ? { kind: 'wrong-key', key: owner, version } : troubleOf(opened, 'authenticate');
}

/** Sends a command that needs no session. @returns undefined as result when the card says `absent` */
async function ask(card: CardLink, doing: string, ins: number, data?: Uint8Array, absent?: number): Promise<Found<Uint8Array | undefined>> {
  const answer = await exchange(card, ins, data);
  if (answer.kind !== 'answered') return troubleOf(answer, doing);
  if (answer.status === absent) return { kind: 'found', result: undefined };
  return answer.status === STATUS.ok ? { kind: 'found', result: answer.data } : { kind: 'failed', doing, status: answer.status };
}

const APPLICATION_NOT_FOUND = 0xa0;

/** @returns whether it is there; afterwards it is selected, and no session is open */
export async function selectLevel(card: CardLink, level: 'card' | 'application'): Promise<Found<boolean>> {
  const selected = await ask(card, 'select', ISSUING_INS.selectApplication, level === 'card' ? CARD_LEVEL : APPLICATION_ID, APPLICATION_NOT_FOUND);
  return selected.kind === 'found' ? { kind: 'found', result: selected.result !== undefined } : selected;
}

const UID_BYTES = 7;
const VENDOR_NXP = 0x04;
const TYPE_DESFIRE = 0x01;
/** Major versions of the hardware: EV2, EV2 XL, EV3. EV1 has no transaction MACs. */
const GENERATIONS: readonly number[] = [0x12, 0x22, 0x33];

async function isDesfire(card: IssuedCard): Promise<Found<boolean>> {
  const answer = await exchange(card, ISSUING_INS.getVersion);
  // A card of another kind answers in another way, or with an error of ISO 7816.
  if (answer.kind === 'garbled') return { kind: 'found', result: false };
  if (answer.kind !== 'answered') return answer;
  const [vendor, type, , major] = answer.data;
  const right = answer.status === STATUS.ok && vendor === VENDOR_NXP && type === TYPE_DESFIRE && GENERATIONS.includes(major ?? 0);
  return { kind: 'found', result: right && Buffer.from(answer.data.slice(14, 21)).equals(card.uid) };
}

async function keyVersion(card: IssuedCard, number: number): Promise<Found<number>> {
  const answer = await ask(card, 'get key version', INS.getKeyVersion, Uint8Array.of(number));
  if (answer.kind !== 'found') return answer;
  return answer.result?.length === 1 ? { kind: 'found', result: answer.result[0]! } : { kind: 'failed', doing: 'get key version', status: undefined };
}

/** Reads all of it. */
export async function findOnCard(card: IssuedCard): Promise<Found<CardFindings>> {
  // A My Number card has 4 bytes, made up anew each time; nothing is sent to it.
  if (card.uid.length !== UID_BYTES) return { kind: 'not-a-desfire' };
  const selected = await selectLevel(card, 'card');
  if (selected.kind === 'card-moved' || selected.kind === 'reader-lost') return selected;
  const desfire = await isDesfire(card);
  if (desfire.kind !== 'found') return desfire;
  if (!desfire.result) return { kind: 'not-a-desfire' };
  const level = await findCardLevel(card);
  if (level.kind !== 'found') return level;
  const application = await findApplication(card);
  return application.kind === 'found' ? { kind: 'found', result: { ...level.result, application: application.result } } : application;
}

async function findCardLevel(card: IssuedCard): Promise<Found<Omit<CardFindings, 'application'>>> {
  const version = await keyVersion(card, 0);
  if (version.kind !== 'found') return version;
  if (version.result === FACTORY_VERSION) {
    // The factory leaves them open to all; a card that keeps them to itself is none that came from there.
    const settings = await ask(card, 'get key settings', ISSUING_INS.getKeySettings);
    if (settings.kind !== 'found') return settings.kind === 'failed' ? { kind: 'not-ours', what: 'key' } : settings;
    const [first, second] = settings.result ?? [];
    if (first === undefined || second === undefined) return { kind: 'failed', doing: 'get key settings', status: undefined };
    return { kind: 'found', result: { keyVersion: version.result, keyType: (second & AES_KEYS) !== 0 ? 'aes' : 'des', settings: first } };
  }
  const session = await openSession(card, 'card', version.result);
  if (session.kind !== 'found') return session;
  const uid = await session.result.transact({ ins: ISSUING_INS.getCardUid, protection: 'full' });
  if (uid.kind !== 'ok') return troubleOf(uid, 'get card UID');
  if (!Buffer.from(uid.data).equals(card.uid)) return { kind: 'not-ours', what: 'UID' };
  const settings = await session.result.transact({ ins: ISSUING_INS.getKeySettings });
  if (settings.kind !== 'ok') return troubleOf(settings, 'get key settings');
  return { kind: 'found', result: { keyVersion: version.result, keyType: 'aes', settings: settings.data[0] ?? 0 } };
}

async function findApplication(card: IssuedCard): Promise<Found<ApplicationFindings | 'absent'>> {
  const there = await selectLevel(card, 'application');
  if (there.kind !== 'found') return there;
  if (!there.result) return { kind: 'found', result: 'absent' };
  const keyVersions: number[] = [];
  for (let number = 0; number < KEY_COUNT; number += 1) {
    const version = await keyVersion(card, number);
    if (version.kind !== 'found') return version.kind === 'failed' ? { kind: 'not-ours', what: `key ${number}` } : version;
    keyVersions.push(version.result);
  }
  const session = await openSession(card, 'master', keyVersions[KEY.master]!);
  if (session.kind !== 'found') return session;
  const settings = await session.result.transact({ ins: ISSUING_INS.getKeySettings });
  if (settings.kind !== 'ok') return troubleOf(settings, 'get key settings');
  const files = await findFiles(session.result);
  if (files.kind !== 'found') return files;
  const state = files.result.includes(STATE_FILE.number) ? await findState(card, keyVersions[KEY.spend]!) : ({ kind: 'found', result: 'none' } as const);
  if (state.kind !== 'found') return state;
  return { kind: 'found', result: { keyVersions, settings: settings.data[0] ?? 0, files: files.result, state: state.result } };
}

async function findFiles(session: SecureSession): Promise<Found<readonly number[]>> {
  const ids = await session.transact({ ins: ISSUING_INS.getFileIds });
  if (ids.kind !== 'ok') return troubleOf(ids, 'get file ids');
  for (const number of ids.data) {
    const wanted = LAID_OUT_FILES.find((file) => file.number === number);
    if (!wanted) return { kind: 'not-ours', what: `file ${number}` };
    const settings = await session.transact({ ins: ISSUING_INS.getFileSettings, data: Uint8Array.of(number) });
    if (settings.kind !== 'ok') return troubleOf(settings, 'get file settings');
    if (!Buffer.from(settings.data.slice(0, wanted.settings.length)).equals(wanted.settings)) return { kind: 'not-ours', what: `file ${number}` };
  }
  return { kind: 'found', result: [...ids.data] };
}

async function findState(card: IssuedCard, spendVersion: number): Promise<Found<ApplicationFindings['state']>> {
  const session = await openSession(card, 'spend', spendVersion);
  if (session.kind !== 'found') return session;
  const content = await session.result.transact({ ins: INS.readData, header: STATE_RANGE });
  if (content.kind !== 'ok') return troubleOf(content, 'read the state');
  if (content.data.every((byte) => byte === 0)) return { kind: 'found', result: 'blank' };
  return decodeState(content.data) ? { kind: 'found', result: 'written' } : { kind: 'not-ours', what: 'state' };
}
