/**
 * Writes X.509 certificates (RFC 5280) of RSA keys, signed by SHA-256 with RSA: only what JPKI's certificates have. For the test hierarchy;
 * OpenSSL and Node read and check what comes out.
 */
import { createHash, sign, type KeyObject } from 'node:crypto';
import { taggedValue } from './tagged-value.ts';

export interface CertificateContents {
  /** Positive, big-endian: the first byte is 01 to 7F. */
  readonly serial: Uint8Array;
  readonly issuer: Name;
  readonly subject: Name;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  /** The issuer's. */
  readonly signingKey: KeyObject;
  readonly extensions: readonly Extension[];
}
/** Country, organisation, unit and common name, in the order they are written. */
export type Name = readonly (readonly ['C' | 'O' | 'OU' | 'CN', string])[];
export interface Extension {
  readonly identifier: string;
  readonly critical: boolean;
  /** DER. */
  readonly value: Uint8Array;
}

const UNIVERSAL = { boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, null: 0x05, identifier: 0x06, utf8: 0x0c, printable: 0x13, utcTime: 0x17, generalizedTime: 0x18, sequence: 0x30, set: 0x31 } as const;
/** Constructed, context-specific. */
const context = (number: number, value: Uint8Array) => taggedValue(0xa0 | number, value);
const sequence = (...parts: readonly Uint8Array[]) => taggedValue(UNIVERSAL.sequence, Buffer.concat(parts));
const bitString = (unusedBits: number, bytes: Uint8Array) => taggedValue(UNIVERSAL.bitString, Uint8Array.of(unusedBits, ...bytes));
const SHA256_WITH_RSA = sequence(objectIdentifier('1.2.840.113549.1.1.11'), taggedValue(UNIVERSAL.null, new Uint8Array()));

/** @returns DER */
export function certificateOf(contents: CertificateContents): Uint8Array {
  const VERSION_3 = Uint8Array.of(2);
  const body = sequence(
    context(0, taggedValue(UNIVERSAL.integer, VERSION_3)),
    taggedValue(UNIVERSAL.integer, contents.serial),
    SHA256_WITH_RSA,
    nameOf(contents.issuer),
    sequence(timeOf(contents.notBefore), timeOf(contents.notAfter)),
    nameOf(contents.subject),
    contents.publicKey.export({ type: 'spki', format: 'der' }),
    context(3, sequence(...contents.extensions.map(extensionOf))),
  );
  return sequence(body, SHA256_WITH_RSA, bitString(0, sign('sha256', body, contents.signingKey)));
}

const ATTRIBUTES = { C: '2.5.4.6', O: '2.5.4.10', OU: '2.5.4.11', CN: '2.5.4.3' } as const;

function nameOf(name: Name): Uint8Array {
  const ascii = (text: string) => Uint8Array.from(Buffer.from(text, 'ascii'));
  return sequence(...name.map(([type, text]) => taggedValue(UNIVERSAL.set, sequence(objectIdentifier(ATTRIBUTES[type]), taggedValue(UNIVERSAL.printable, ascii(text))))));
}

/** Up to 2049 with two digits of the year, from 2050 with four (RFC 5280, 4.1.2.5). */
function timeOf(moment: Date): Uint8Array {
  const text = `${moment.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
  return moment.getUTCFullYear() < 2050 ? taggedValue(UNIVERSAL.utcTime, Buffer.from(text.slice(2))) : taggedValue(UNIVERSAL.generalizedTime, Buffer.from(text));
}

function extensionOf({ identifier, critical, value }: Extension): Uint8Array {
  const TRUE = taggedValue(UNIVERSAL.boolean, Uint8Array.of(0xff));
  return sequence(objectIdentifier(identifier), ...(critical ? [TRUE] : []), taggedValue(UNIVERSAL.octetString, value));
}

/** @param bits 0 digitalSignature, 1 nonRepudiation, 5 keyCertSign, 6 cRLSign */
export function keyUsage(...bits: readonly number[]): Extension {
  const byte = bits.reduce((sum, bit) => sum | (0x80 >> bit), 0);
  return { identifier: '2.5.29.15', critical: true, value: bitString(7 - Math.max(...bits), Uint8Array.of(byte)) };
}

export function basicConstraintsOfAuthority(): Extension {
  return { identifier: '2.5.29.19', critical: true, value: sequence(taggedValue(UNIVERSAL.boolean, Uint8Array.of(0xff))) };
}

export function subjectKeyIdentifier(publicKey: KeyObject): Extension {
  return { identifier: '2.5.29.14', critical: false, value: taggedValue(UNIVERSAL.octetString, keyIdentifier(publicKey)) };
}

/** @param publicKey the issuer's */
export function authorityKeyIdentifier(publicKey: KeyObject): Extension {
  const CONTEXT_0_PRIMITIVE = 0x80;
  return { identifier: '2.5.29.35', critical: false, value: sequence(taggedValue(CONTEXT_0_PRIMITIVE, keyIdentifier(publicKey))) };
}

/** SHA-1 over the key, without algorithm and wrapping (RFC 5280, 4.2.1.2, method 1). */
function keyIdentifier(publicKey: KeyObject): Uint8Array {
  return createHash('sha1').update(publicKey.export({ type: 'pkcs1', format: 'der' })).digest();
}

export function certificatePolicy(policy: string): Extension {
  return { identifier: '2.5.29.32', critical: true, value: sequence(sequence(objectIdentifier(policy))) };
}

/** The subject's other names, each of a type of its own and as text. */
export function alternativeNames(names: readonly (readonly [type: string, text: string])[]): Extension {
  const others = names.map(([type, text]) => context(0, Buffer.concat([objectIdentifier(type), context(0, taggedValue(UNIVERSAL.utf8, new TextEncoder().encode(text)))])));
  return { identifier: '2.5.29.17', critical: false, value: sequence(...others) };
}

function objectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number);
  return taggedValue(UNIVERSAL.identifier, Uint8Array.from([first * 40 + second, ...others].flatMap(sevenBitGroups)));
}

/** Big-endian; every byte but the last has its highest bit set. */
function sevenBitGroups(number: number): number[] {
  const groups = [number % 0x80];
  for (let rest = Math.floor(number / 0x80); rest > 0; rest = Math.floor(rest / 0x80)) groups.unshift(0x80 | rest % 0x80);
  return groups;
}
