/**
 * What the kiosk can do with a My Number card within a session, and nothing more: see which card it is, ask for tries, take a PIN, read
 * the four basic attributes and the user-authentication certificate, and have a challenge signed. There is no way from here to the
 * twelve digits, nor to the certificate and key for signing documents.
 */
import { createHash, verify, type X509Certificate } from 'node:crypto';
import { STATUS } from '../apdu.ts';
import type { GuardedChannel } from './apdu-guard.ts';
import { parseBasicAttributes, type BasicAttributes } from './basic-attributes.ts';
import { readObject, readStart, selectFile, troubleOf, wholeAnswer, type CardTrouble, type Reading } from './card-files.ts';
import type { PinEntry } from './pin-entry.ts';
import { triesLeft, verifyPin, type PinOutcome, type Tries, type VerifyOptions } from './pin-verification.ts';
import type { MyNumberProfile, PinName } from './profile.ts';

export type Detection =
  | { readonly kind: 'my-number' }
  /** It has the application, but is a 住基カード, a telephone, or something newer than this program. */
  | { readonly kind: 'other-kind' }
  | CardTrouble;

export type ChallengeOutcome =
  | { readonly kind: 'signed'; readonly signature: Uint8Array }
  /** It answered, and the signature is not one of the certificate's key. */
  | { readonly kind: 'not-genuine' }
  | CardTrouble;

/** The label in front of the token information (PKCS #11, CK_TOKEN_INFO). */
const LABEL_LENGTH = 32;

export class OpenedMyNumberCard {
  readonly #channel: GuardedChannel;
  readonly #profile: MyNumberProfile;

  constructor(channel: GuardedChannel, profile: MyNumberProfile) {
    this.#channel = channel;
    this.#profile = profile;
  }

  /** By application and label, never by the answer to reset or an identifier: those say nothing about this card. */
  async detect(): Promise<Detection> {
    const start = await readStart(this.#channel, this.#profile.tokenInformation, LABEL_LENGTH);
    if (start.kind !== 'read') return start;
    const label = Buffer.from(start.bytes).toString('latin1').trimEnd();
    return { kind: label === this.#profile.label ? 'my-number' : 'other-kind' };
  }

  /** To be asked before a person is asked for a PIN. */
  triesLeft(which: PinName): Promise<Tries> {
    return triesLeft(this.#channel, this.#profile, which);
  }

  /** Sends the entry at most once; it is used up whatever the outcome. */
  verifyPin(which: PinName, entry: PinEntry, options: VerifyOptions): Promise<PinOutcome> {
    return verifyPin(this.#channel, this.#profile, which, entry, options);
  }

  /**
   * After `attributes-pin` or `verification-number-b`, else `locked`. Prefer 照合番号B: with it the number's file stays locked in the
   * card itself.
   */
  async readAttributes(): Promise<{ readonly kind: 'attributes'; readonly attributes: BasicAttributes } | CardTrouble> {
    const file = await readObject(this.#channel, this.#profile.attributes);
    return file.kind === 'read' ? parseBasicAttributes(file.bytes) : file;
  }

  /** The user-authentication certificate in DER, not yet checked. */
  readCertificate(): Promise<Reading> {
    return readObject(this.#channel, this.#profile.certificate);
  }

  /** The certificate of its issuer as the card holds it, in DER. Proves nothing: authorities are pinned, never taken from a card. */
  readAuthority(): Promise<Reading> {
    return readObject(this.#channel, this.#profile.authority);
  }

  /**
   * Has the user-authentication key sign a challenge and checks the signature. After `authentication-pin`, else `locked`.
   * @param challenge what holds something fresh; the card gets only its hash
   * @param certificate the card's own; whether it is to be trusted is for whoever gets the signature to say
   */
  async signChallenge(challenge: Uint8Array, certificate: Pick<X509Certificate, 'publicKey'>): Promise<ChallengeOutcome> {
    const { hash, digestInfo, hashLength, signatureLength } = this.#profile.signature;
    const selected = await selectFile(this.#channel, this.#profile.signatureKey);
    if (selected.kind !== 'selected') return selected;
    const signed = [...digestInfo, ...createHash(hash).update(challenge).digest()];
    const command = Uint8Array.of(0x80, 0x2a, 0x00, 0x80, digestInfo.length + hashLength, ...signed, 0x00);
    const answer = await wholeAnswer(this.#channel, await this.#channel.transmit(command));
    if (answer.kind !== 'answered') return answer;
    if (answer.status !== STATUS.ok) return troubleOf(answer.status);
    if (answer.data.length !== signatureLength) return { kind: 'malformed' };
    const genuine = verify(hash, challenge, certificate.publicKey, answer.data);
    return genuine ? { kind: 'signed', signature: answer.data } : { kind: 'not-genuine' };
  }
}
