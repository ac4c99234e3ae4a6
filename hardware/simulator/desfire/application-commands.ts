/** Commands on the card as a whole, its applications and their keys. */
import { sameSecret } from '../../card/crypto.ts';
import { concatenated, hexOf } from '../virtual-card-answers.ts';
import { ByteFields, exclusiveOr, fromHex } from './byte-fields.ts';
import { KEY_SETTING, forgetSession, keySettingsOf, replaceApplication, requireMasterKey, selectedApplication, type CardState } from './card-state.ts';
import { desfireCrc } from './factory-session.ts';
import { ZERO_KEY, type KeyMemory } from './memory.ts';
import { Refusal, requireThat } from './status.ts';
import { Transaction } from './transaction.ts';

const NOTHING = new Uint8Array();
const AID_BYTES = 3;
const KEY_BYTES = 16;
/** Upper bits of the second key settings byte, and of the key number in ChangeKey at card level. */
const AES_KEYS = 0x80;
const ISO_FILE_IDS = 0x20;
const CARD_LEVEL_AID = '000000';

/** Three parts of 7, 7 and 14 bytes: hardware, software, and the identity of this one card. */
export function getVersion(state: CardState): Uint8Array {
  const major = state.generation === 'ev3' ? 0x33 : 0x12;
  const part = Uint8Array.of(0x04, 0x01, 0x01, major, 0x00, 0x1a, 0x05);
  // No batch number; week 01 of 26.
  return concatenated(part, part, state.uid, Uint8Array.of(0, 0, 0, 0, 0, 0x01, 0x26));
}

export function getCardUid(state: CardState): Uint8Array {
  requireThat(state.session !== undefined, 'authenticationError');
  return state.uid;
}

export function selectApplication(state: CardState, aid: Uint8Array): void {
  requireThat(aid.length === AID_BYTES, 'lengthError');
  forgetSession(state);
  const wanted = hexOf(aid);
  if (wanted === CARD_LEVEL_AID) {
    state.selected = undefined;
    return;
  }
  requireThat(state.memory.applications.some((application) => application.aid === wanted), 'applicationNotFound');
  state.selected = wanted;
}

function requireCardLevel(state: CardState): void {
  requireThat(state.selected === undefined, 'permissionDenied');
}

export function createApplication(state: CardState, _instruction: number, _header: Uint8Array, data: Uint8Array): Uint8Array {
  requireCardLevel(state);
  requireMasterKey(state, 'creatingFree');
  const fields = new ByteFields(data);
  const aid = hexOf(fields.take(AID_BYTES));
  const keySettings = fields.byte();
  const secondSettings = fields.byte();
  if (fields.left > 0) fields.take(2); // its own ISO identifier, by which nothing selects it here
  const name = hexOf(fields.rest());
  const keyCount = secondSettings & 0x0f;
  requireThat((secondSettings & 0xd0) === AES_KEYS && keyCount >= 1 && keyCount <= 14, 'parameterError');
  requireThat(aid !== CARD_LEVEL_AID && name.length <= 32, 'parameterError');
  const taken = state.memory.applications.some((other) => other.aid === aid || (name !== '' && other.name === name));
  requireThat(!taken, 'duplicate');
  const keys = Array.from({ length: keyCount }, (): KeyMemory => ({ type: 'aes', value: ZERO_KEY, version: 0 }));
  const application = { aid, name, keySettings, isoFileIds: (secondSettings & ISO_FILE_IDS) !== 0, keys, files: {} };
  state.memory = { ...state.memory, applications: [...state.memory.applications, application] };
  return NOTHING;
}

/** Only with the card's master key: an application is not trusted to delete itself. */
export function deleteApplication(state: CardState, _instruction: number, _header: Uint8Array, data: Uint8Array): Uint8Array {
  requireCardLevel(state);
  requireMasterKey(state, 'nothing');
  requireThat(data.length === AID_BYTES, 'lengthError');
  const left = state.memory.applications.filter(({ aid }) => aid !== hexOf(data));
  requireThat(left.length < state.memory.applications.length, 'applicationNotFound');
  state.memory = { ...state.memory, applications: left };
  return NOTHING;
}

export function getApplicationIds(state: CardState): Uint8Array {
  requireCardLevel(state);
  requireMasterKey(state, 'listingFree');
  return concatenated(...state.memory.applications.map(({ aid }) => fromHex(aid)));
}

/** All applications are gone; the card's own key and settings stay. */
export function formatCard(state: CardState): Uint8Array {
  requireCardLevel(state);
  requireMasterKey(state, 'nothing');
  state.memory = { ...state.memory, applications: [] };
  return NOTHING;
}

function keysOf(state: CardState): readonly KeyMemory[] {
  return state.selected === undefined ? [state.memory.masterKey] : selectedApplication(state).keys;
}

export function keyOf(state: CardState, number: number): KeyMemory {
  const key = keysOf(state)[number];
  if (!key) throw new Refusal('noSuchKey');
  return key;
}

export function getKeyVersion(state: CardState, _instruction: number, _header: Uint8Array, data: Uint8Array): Uint8Array {
  requireThat(data.length === 1, 'lengthError');
  return Uint8Array.of(keyOf(state, data[0]! & 0x0f).version);
}

export function getKeySettings(state: CardState): Uint8Array {
  requireMasterKey(state, 'listingFree');
  const keys = keysOf(state);
  return Uint8Array.of(keySettingsOf(state), keys.length | (keys[0]?.type === 'aes' ? AES_KEYS : 0));
}

export function changeKeySettings(state: CardState, _instruction: number, _header: Uint8Array, data: Uint8Array): Uint8Array {
  requireThat((keySettingsOf(state) & KEY_SETTING.changeable) !== 0, 'permissionDenied');
  requireMasterKey(state, 'nothing');
  requireThat(data.length === 1, 'lengthError');
  if (state.selected === undefined) state.memory = { ...state.memory, keySettings: data[0]! };
  else replaceApplication(state, { ...selectedApplication(state), keySettings: data[0]! });
  return NOTHING;
}

/** Which key must have been proved to change key `number`: itself, the master key, or the one that the settings name (MF2DLHX0, 8.2.3). */
function keyThatChanges(state: CardState, number: number): number {
  const settings = keySettingsOf(state);
  if (number === 0) {
    requireThat((settings & KEY_SETTING.masterKeyChangeable) !== 0, 'permissionDenied');
    return 0;
  }
  const changing = settings >> 4;
  requireThat(changing !== 0xf, 'permissionDenied');
  if (changing === 0xe) return number;
  return changing === number ? 0 : changing;
}

/**
 * Its own key comes as it is; another key comes combined with the old one and with a check sum, so that nobody who does not know the old
 * one can replace it. Who changed its own key is a stranger afterwards.
 */
export function changeKey(state: CardState, _instruction: number, header: Uint8Array, data: Uint8Array): Uint8Array {
  const number = header[0]! & 0x0f;
  const old = keyOf(state, number);
  const authenticated = state.session?.keyNumber;
  requireThat(authenticated !== undefined && authenticated === keyThatChanges(state, number), 'authenticationError');
  const own = number === authenticated;
  requireThat(data.length === KEY_BYTES + (own ? 1 : 5), 'lengthError');
  const value = own ? data.slice(0, KEY_BYTES) : exclusiveOr(data.slice(0, KEY_BYTES), fromHex(old.value));
  requireThat(own || sameSecret(data.slice(-4), desfireCrc(value)), 'integrityError');
  store(state, number, { type: 'aes', value: hexOf(value), version: data[KEY_BYTES]! });
  if (own) forgetSession(state);
  return NOTHING;
}

/** Replaces the factory key of the card by its first AES key. */
export function changeFactoryKey(state: CardState, instruction: number, body: Uint8Array): Uint8Array {
  const number = body[0];
  requireThat(number === AES_KEYS, 'parameterError');
  requireThat((state.memory.keySettings & KEY_SETTING.masterKeyChangeable) !== 0, 'permissionDenied');
  const { key, version } = state.factorySession!.openChangeKey(instruction, number, body.slice(1));
  store(state, 0, { type: 'aes', value: hexOf(key), version });
  forgetSession(state);
  return NOTHING;
}

function store(state: CardState, number: number, key: KeyMemory): void {
  if (state.selected === undefined) {
    state.memory = { ...state.memory, masterKey: key };
    return;
  }
  const application = selectedApplication(state);
  replaceApplication(state, { ...application, keys: application.keys.map((other, index) => (index === number ? key : other)) });
  state.transaction = new Transaction();
}
