/**
 * EV2 secure messaging with AES: mutual authentication, session keys, and the MAC and enciphering of commands and answers, with a counter
 * that makes each of them good once (MF2DL(H)x0, chapter 9; AN12343). A session dies at the first thing that is not right, be it an error of
 * the card, a wrong MAC or a missing answer, and says nothing more after that; the card forgets what was not committed with it.
 */
import { aesCbcDecrypt, aesCbcEncrypt, aesCmac, padded, sameSecret } from '../crypto.ts';
import { INS, STATUS, concatenated, exchange, exchangeFrame, littleEndian, type CardLink, type Gone } from './native-commands.ts';

const BLOCK = 16;
const MAC_LENGTH = 8;
const ZERO_IV = new Uint8Array(BLOCK);

export interface SessionKeys {
  readonly encryption: Uint8Array;
  readonly mac: Uint8Array;
}

/** How a command's data and its answer travel: with a MAC, or enciphered and with a MAC. */
export type Protection = 'mac' | 'full';

/** Why there is no trustworthy answer. */
export type SessionFailure =
  | Gone
  /** Bytes came, but not an answer of a DESFire. */
  | { readonly kind: 'garbled' }
  /** The card said no. Errors carry no MAC: anybody could have said it. */
  | { readonly kind: 'refused'; readonly status: number }
  /** An answer of the right form whose MAC, or whose proof of knowing the key, is wrong. */
  | { readonly kind: 'wrong-proof' };

export type SessionAnswer = { readonly kind: 'ok'; readonly data: Uint8Array } | SessionFailure;

/** The session's keys from both random numbers (MF2DL(H)x0, 9.1.7: NIST SP 800-108 in counter mode with CMAC). */
export function sessionKeys(key: Uint8Array, randomA: Uint8Array, randomB: Uint8Array): SessionKeys {
  const mixed = randomA.slice(2, 8).map((byte, index) => byte ^ randomB[index]!);
  const context = concatenated(randomA.slice(0, 2), mixed, randomB.slice(6), randomA.slice(8));
  const derived = (label: readonly [number, number]) => aesCmac(key, concatenated(Uint8Array.of(...label, 0x00, 0x01, 0x00, 0x80), context));
  return { encryption: derived([0xa5, 0x5a]), mac: derived([0x5a, 0xa5]) };
}

/** MACt: every second byte of the CMAC, 8 bytes. */
export function truncatedMac(key: Uint8Array, data: Uint8Array): Uint8Array {
  return aesCmac(key, data).filter((_, index) => index % 2 === 1);
}

export interface SessionCommand {
  readonly ins: number;
  /** What never is enciphered: file number, offset, length. */
  readonly header?: Uint8Array;
  readonly data?: Uint8Array;
  /** Default `mac`. */
  readonly protection?: Protection;
}

export class SecureSession {
  readonly #link: CardLink;
  readonly #keys: SessionKeys;
  /** TI: which session this is, chosen by the card. 4 bytes. */
  readonly #identifier: Uint8Array;
  /** CmdCtr. */
  #counter: number;
  #alive = true;

  /** @param counter commands so far; a session starts at 0 */
  constructor(link: CardLink, keys: SessionKeys, identifier: Uint8Array, counter = 0) {
    this.#link = link;
    this.#keys = keys;
    this.#identifier = identifier;
    this.#counter = counter;
  }

  /**
   * Sends one command, once, and checks its answer. Anything but `ok` ends the session.
   * @throws Error when the session has ended: the caller must authenticate anew
   */
  async transact(command: SessionCommand): Promise<SessionAnswer> {
    if (!this.#alive) throw new Error('This session with the card has ended');
    // Dead until the answer proves otherwise, so that nothing is sent while it is awaited.
    this.#alive = false;
    const answer = await exchange(this.#link, command.ins, this.#protectedCommand(command));
    if (answer.kind !== 'answered') return answer;
    if (answer.status !== STATUS.ok) return { kind: 'refused', status: answer.status };
    this.#counter += 1;
    const data = this.#openedAnswer(answer.data, command.protection ?? 'mac');
    if (data === undefined) return { kind: 'wrong-proof' };
    this.#alive = true;
    return { kind: 'ok', data };
  }

  #protectedCommand({ ins, header = new Uint8Array(), data = new Uint8Array(), protection = 'mac' }: SessionCommand): Uint8Array {
    const body = protection === 'full' && data.length > 0 ? aesCbcEncrypt(this.#keys.encryption, this.#iv(0xa5, 0x5a), padded(data)) : data;
    return concatenated(header, body, this.#mac(ins, concatenated(header, body)));
  }

  #openedAnswer(answer: Uint8Array, protection: Protection): Uint8Array | undefined {
    const body = answer.slice(0, -MAC_LENGTH);
    if (answer.length < MAC_LENGTH || !sameSecret(answer.slice(-MAC_LENGTH), this.#mac(STATUS.ok, body))) return undefined;
    if (protection === 'mac' || body.length === 0) return body;
    if (body.length % BLOCK !== 0) return undefined;
    const clear = aesCbcDecrypt(this.#keys.encryption, this.#iv(0x5a, 0xa5), body);
    const end = clear.lastIndexOf(0x80);
    return end >= clear.length - BLOCK && clear.slice(end + 1).every((byte) => byte === 0) ? clear.slice(0, end) : undefined;
  }

  /** @param first the command's code, or the answer's status */
  #mac(first: number, body: Uint8Array): Uint8Array {
    return truncatedMac(this.#keys.mac, concatenated(Uint8Array.of(first), littleEndian(this.#counter, 2), this.#identifier, body));
  }

  #iv(...label: readonly [number, number]): Uint8Array {
    const block = concatenated(Uint8Array.of(...label), this.#identifier, littleEndian(this.#counter, 2), new Uint8Array(8));
    return aesCbcEncrypt(this.#keys.encryption, ZERO_IV, block);
  }
}

/**
 * AuthenticateEV2First: both sides prove that they know the key, in two round trips. Any session and anything uncommitted before it ends.
 * @param keyNumber of the selected application
 * @param random gives that many unpredictable bytes
 */
export async function authenticate(
  link: CardLink,
  keyNumber: number,
  key: Uint8Array,
  random: (bytes: number) => Uint8Array,
): Promise<{ readonly kind: 'session'; readonly session: SecureSession } | SessionFailure> {
  const challenge = await exchangeFrame(link, INS.authenticateEv2First, Uint8Array.of(keyNumber, 0x00));
  if (challenge.kind !== 'answered') return challenge;
  if (challenge.status !== STATUS.additionalFrame) return { kind: 'refused', status: challenge.status };
  if (challenge.data.length !== BLOCK) return { kind: 'garbled' };
  const randomA = random(BLOCK);
  const randomB = aesCbcDecrypt(key, ZERO_IV, challenge.data);
  const response = aesCbcEncrypt(key, ZERO_IV, concatenated(randomA, rotatedLeft(randomB)));
  const proof = await exchangeFrame(link, INS.additionalFrame, response);
  if (proof.kind !== 'answered') return proof;
  if (proof.status !== STATUS.ok) return { kind: 'refused', status: proof.status };
  if (proof.data.length !== 2 * BLOCK) return { kind: 'garbled' };
  // TI (4 bytes), our random number rotated (16), and 6 bytes each of what both sides can do, which we make no use of.
  const clear = aesCbcDecrypt(key, ZERO_IV, proof.data);
  if (!sameSecret(clear.slice(4, 4 + BLOCK), rotatedLeft(randomA))) return { kind: 'wrong-proof' };
  return { kind: 'session', session: new SecureSession(link, sessionKeys(key, randomA, randomB), clear.slice(0, 4)) };
}

function rotatedLeft(bytes: Uint8Array): Uint8Array {
  return Uint8Array.of(...bytes.slice(1), bytes[0]!);
}
