/**
 * A virtual FeliCa Lite-S card that went through the production first issue, and the keys that go with it: for tests and demonstrations.
 * The only place of the simulator that uses the production profile; the virtual card itself does not.
 */
import { randomBytes } from 'node:crypto';
import type { CardKeys, CardKeysAnswer } from '../../card/card-keys.ts';
import type { FelicaReaderStyle } from '../../card/felica-lite-s/felica-channel.ts';
import { issueFelicaLiteS } from '../../card/felica-lite-s/issue-felica-lite-s.ts';
import { DirectReader } from '../direct-reader.ts';
import { FelicaLiteSCard } from '../virtual-card-felica-lite-s.ts';
import type { VirtualReaderStyle } from './reader-front.ts';

/** How the production code must talk through each virtual reader. */
export const STYLE_OF: Readonly<Record<VirtualReaderStyle, FelicaReaderStyle>> = {
  acr125x: 'direct',
  acr122: 'pn532',
  'rc-s300': 'transparent-session',
  'rc-s380': 'block-commands',
};

/** Keys of cards by their IDm (hexadecimal); what is not there is unknown. */
export class HeldFelicaKeys implements CardKeys {
  readonly #held = new Map<string, CardKeysAnswer>();

  hold(idm: Uint8Array, answer: CardKeysAnswer): void {
    this.#held.set(Buffer.from(idm).toString('hex'), answer);
  }

  async keysOf(_profile: string, identifier: Uint8Array): Promise<CardKeysAnswer> {
    return this.#held.get(Buffer.from(identifier).toString('hex')) ?? { kind: 'unknown-card' };
  }
}

export const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length));

/** @param key CK, 16 bytes @throws Error when the card could not be issued */
export async function issuedFelicaCard(
  idm: Uint8Array,
  key: Uint8Array,
  readerStyle: VirtualReaderStyle = 'acr125x',
): Promise<{ readonly card: FelicaLiteSCard; readonly keys: HeldFelicaKeys }> {
  const card = new FelicaLiteSCard(Buffer.from(idm).toString('hex'), idm, { readerStyle });
  const keys = new HeldFelicaKeys();
  keys.hold(idm, { kind: 'keys', keys: { profile: 'felica-lite-s', version: 1, card: key } });
  const reader = new DirectReader();
  const outcome = await issueFelicaLiteS(reader, reader.insert(card), idm, keys, { style: STYLE_OF[readerStyle], random });
  reader.remove();
  if (outcome.kind !== 'issued') throw new Error(`The virtual card was not issued: ${outcome.kind}`);
  return { card, keys };
}
