/**
 * The applications of a virtual My Number card and their files: what each holds, what opens it, and which of them no kiosk may ever
 * touch. Those are really here and are really given out where the card's own rules allow it, so that a hole in whatever should prevent
 * it is seen. Files whose inner form is not publicly settled (signatures, pictures, the card's own key) hold bytes of the right tags only.
 *
 * Identifiers, contents and access: measured by others on test cards of JPKI and agreed on by several programs for this card.
 */
import { createHash, type KeyObject } from 'node:crypto';
import type { CardIdentity } from './card-identity.ts';
import { attributesFile, numberFile, type Holder } from './holder.ts';
import type { SecretName } from './secrets.ts';
import { taggedValue } from './tagged-value.ts';

/** `anybody`, or whoever has shown one of these secrets since the application was selected. */
export type Access = 'anybody' | readonly SecretName[];

interface FileBase {
  /** Two bytes; the low five bits are its short identifier. */
  readonly id: number;
  /** Set when no kiosk may touch the file: what to call it in the alarm. */
  readonly forbidden?: string;
}
export type ElementaryFile =
  | (FileBase & { readonly kind: 'transparent'; readonly content: Uint8Array; readonly read: Access })
  /** `forbiddenRead`: it may be passed by, but not read. */
  | (FileBase & { readonly kind: 'records'; readonly records: readonly Uint8Array[]; readonly read: Access; readonly forbiddenRead?: string })
  /** `forbiddenUse`: its tries may be asked for; a value must not be sent. */
  | (FileBase & { readonly kind: 'secret'; readonly secret: SecretName; readonly forbiddenUse?: string })
  /** Without a key of its own here: nobody has used it yet. */
  | (FileBase & { readonly kind: 'key'; readonly key: KeyObject | undefined; readonly use: Access });

export interface Application {
  readonly title: string;
  /** DF name. */
  readonly name: Uint8Array;
  readonly files: readonly ElementaryFile[];
  /** The key that COMPUTE SIGNATURE takes when it is told none. */
  readonly defaultKey?: number;
}

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const ascii = (text: string) => Uint8Array.from(Buffer.from(text, 'ascii'));
/** Where there is a file of a kind nobody here looks into. */
const something = (length: number) => new Uint8Array(length).fill(0xa5);

/** The issuer's own application, current when the card gets power (GlobalPlatform). */
export const ISSUER_SECURITY_DOMAIN: Application = { title: 'ISD', name: bytes('A000000151000000'), files: [] };

export interface ApplicationsOptions {
  readonly holder: Holder;
  /** Without one the card is as it is before certificates were issued for it. */
  readonly identity: CardIdentity | undefined;
  /** How much of the token information there is: the whole structure, or its label only. */
  readonly tokenInformationBytes: 160 | 20;
  /** What token information says the card is; the other labels are those of the 住基カード and of telephones. */
  readonly tokenLabel: string;
}

/**
 * In the order in which a beginning of a name finds them. What a real card's order is, is not known; this is the worst one: the
 * application with the number is found first.
 */
export function applicationsOf(options: ApplicationsOptions): readonly Application[] {
  return [textApplication(options.holder), surfaceApplication(options.holder), registerApplication(), commonApplication(), jpkiApplication(options), ISSUER_SECURITY_DOMAIN];
}

/** 公的個人認証AP. */
function jpkiApplication({ identity, tokenInformationBytes, tokenLabel }: ApplicationsOptions): Application {
  const certificates: ElementaryFile[] = identity
    ? [
        { kind: 'transparent', id: 0x0001, content: filled(identity.signature.certificate), read: ['signature-password'] },
        { kind: 'transparent', id: 0x0002, content: filled(identity.signature.authority), read: 'anybody' },
        { kind: 'transparent', id: 0x000a, content: filled(identity.authentication.certificate), read: 'anybody' },
        { kind: 'transparent', id: 0x000b, content: filled(identity.authentication.authority), read: 'anybody' },
        { kind: 'key', id: 0x0017, key: identity.authentication.key, use: ['authentication-pin'] },
        { kind: 'key', id: 0x001a, key: identity.signature.key, use: ['signature-password'] },
      ]
    : [];
  return {
    title: 'JPKI',
    name: bytes('D392F000260100000001'),
    files: [
      ...certificates,
      { kind: 'transparent', id: 0x0006, content: tokenInformation(tokenLabel).slice(0, tokenInformationBytes), read: 'anybody' },
      { kind: 'transparent', id: 0x0008, content: identity ? bytes('8F8F00') : bytes('000000'), read: 'anybody' },
      { kind: 'transparent', id: 0x0016, content: something(270), read: 'anybody' },
      { kind: 'secret', id: 0x0018, secret: 'authentication-pin' },
      { kind: 'secret', id: 0x001b, secret: 'signature-password', forbiddenUse: 'the password for signing' },
    ],
  };
}

/** 券面事項入力補助AP: the holder's printed items as text. */
function textApplication(holder: Holder): Application {
  const number = numberFile(holder);
  const attributes = attributesFile(holder);
  const byAll = ['text-pin', 'text-number-a', 'text-number-b'] as const;
  return {
    title: '券面事項入力補助',
    name: bytes('D3921000310001010408'),
    defaultKey: 0x0013,
    files: [
      { kind: 'transparent', id: 0x0001, content: number, read: ['text-pin', 'text-number-a'], forbidden: 'THE NUMBER FILE' },
      { kind: 'transparent', id: 0x0002, content: attributes, read: ['text-pin', 'text-number-b'] },
      { kind: 'transparent', id: 0x0003, content: hashFile(number, attributes), read: byAll, forbidden: 'THE FILE WITH THE HASH OF THE NUMBER' },
      { kind: 'transparent', id: 0x0004, content: cardVerifiableCertificate(), read: 'anybody' },
      { kind: 'transparent', id: 0x0005, content: taggedValue(0xff40, Buffer.concat([taggedValue(0xdf41, ascii('01')), taggedValue(0xdf42, ascii('01')), taggedValue(0xdf43, something(8))])), read: 'anybody' },
      { kind: 'transparent', id: 0x0006, content: taggedValue(0xa1, something(256)), read: byAll },
      { kind: 'transparent', id: 0x0007, content: taggedValue(0xff50, Buffer.concat([taggedValue(0xdf51, something(256)), taggedValue(0xdf52, something(256))])), read: byAll },
      { kind: 'secret', id: 0x0011, secret: 'text-pin' },
      { kind: 'secret', id: 0x0012, secret: 'blocked-from-factory' },
      { kind: 'key', id: 0x0013, key: undefined, use: byAll },
      { kind: 'secret', id: 0x0014, secret: 'text-number-a', forbidden: 'THE NUMBER AS A KEY (照合番号A)' },
      { kind: 'secret', id: 0x0015, secret: 'text-number-b' },
    ],
  };
}

/** 券面AP: the holder's printed items as pictures. */
function surfaceApplication(holder: Holder): Application {
  const picture = something(300);
  const age = [taggedValue(0xdf11, ascii(holder.birth)), taggedValue(0xdf12, something(256)), taggedValue(0xdf13, something(256))];
  const face = [
    taggedValue(0xdf22, ascii(holder.birth)),
    taggedValue(0xdf23, ascii(holder.sex)),
    taggedValue(0xdf24, something(256)),
    ...[0xdf25, 0xdf26, 0xdf27].map((tag) => taggedValue(tag, picture)),
    taggedValue(0xdf28, something(256)),
    taggedValue(0xdf29, ascii(`${holder.printedNumber.slice(6, 10)}0103`)),
    taggedValue(0xdf2a, picture),
  ];
  return {
    title: '券面',
    name: bytes('D3921000310001010402'),
    defaultKey: 0x0014,
    files: [
      { kind: 'transparent', id: 0x0001, content: taggedValue(0xff10, Buffer.concat(age)), read: ['surface-birth'] },
      { kind: 'transparent', id: 0x0002, content: taggedValue(0xff20, Buffer.concat(face)), read: ['surface-number-b', 'surface-number-a'] },
      { kind: 'transparent', id: 0x0003, content: taggedValue(0xff30, taggedValue(0xdf34, ascii('00000'))), read: 'anybody' },
      { kind: 'transparent', id: 0x0004, content: cardVerifiableCertificate(), read: 'anybody' },
      // A picture of the number; here the digits themselves, so that a search for them would find it.
      { kind: 'transparent', id: 0x0005, content: taggedValue(0xff40, taggedValue(0xdf41, ascii(holder.number))), read: ['surface-number-a'], forbidden: 'THE PICTURE OF THE NUMBER' },
      { kind: 'secret', id: 0x0011, secret: 'surface-birth' },
      { kind: 'secret', id: 0x0012, secret: 'surface-number-b' },
      { kind: 'secret', id: 0x0013, secret: 'surface-number-a', forbidden: 'THE NUMBER AS A KEY (照合番号A)' },
      { kind: 'key', id: 0x0014, key: undefined, use: ['surface-birth', 'surface-number-b', 'surface-number-a'] },
    ],
  };
}

/** 15 digits that stay with the card, the municipality, the day of expiry: no secret opens them, so a kiosk could follow people by them. */
const SERIAL_RECORD = ascii(`${'0'.repeat(14)}1${'00000'}${'20350103'}`);
const SERIAL = { kind: 'records', id: 0x0001, records: [SERIAL_RECORD], read: 'anybody', forbiddenRead: 'the card’s serial number' } as const;

/** 住基AP. */
function registerApplication(): Application {
  return { title: '住基', name: bytes('D3921000310001010401'), files: [SERIAL, { kind: 'secret', id: 0x001c, secret: 'register-pin' }] };
}

/** 共通カードAP. */
function commonApplication(): Application {
  return { title: '共通', name: bytes('D3921000310001010100'), files: [SERIAL, { kind: 'secret', id: 0x001c, secret: 'common-pin' }] };
}

/** CK_TOKEN_INFO of PKCS #11 as bytes: label (32, padded by spaces), maker (32), model (16), serial number (16), the rest numbers. */
function tokenInformation(label: string): Uint8Array {
  const text = label.padEnd(32) + 'JPKI-TEST'.padEnd(32) + 'VIRTUAL'.padEnd(16) + '0'.padEnd(16);
  return Uint8Array.from([...ascii(text), ...new Uint8Array(160 - text.length)]);
}

/** FF30 { DF31 SHA-256 of the number's file, DF32 SHA-256 of the attributes, DF33 a signature }. DF31 hides only 12 digits: it tells them. */
function hashFile(number: Uint8Array, attributes: Uint8Array): Uint8Array {
  const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();
  return taggedValue(0xff30, Buffer.concat([taggedValue(0xdf31, sha256(number)), taggedValue(0xdf32, sha256(attributes)), taggedValue(0xdf33, something(256))]));
}

/** 7F21 { 5F4E issuer key (16), subject (16), validity (90), modulus (91), 5F37 signature }. */
function cardVerifiableCertificate(): Uint8Array {
  const subject = Buffer.concat([something(32), taggedValue(0x90, ascii('20351231')), taggedValue(0x91, something(256))]);
  return taggedValue(0x7f21, Buffer.concat([taggedValue(0x5f4e, subject), taggedValue(0x5f37, something(256))]));
}

/** A certificate lies in a file that is a little larger than it. */
function filled(certificate: Uint8Array): Uint8Array {
  return Uint8Array.from([...certificate, ...new Uint8Array(64).fill(0xff)]);
}
