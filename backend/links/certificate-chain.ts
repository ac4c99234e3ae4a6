/**
 * Decides whether a user-authentication certificate comes from an authority that the town was told to trust. Authorities are pinned:
 * they come from a file of the town's own, never from a card or a network, and with none of them nobody is trusted. Says nothing
 * about revocation (`certificate-verifier.ts`).
 *
 * node:crypto checks the signatures; it does not show the extensions that decide what a certificate is for, so those are read here.
 */
import { X509Certificate } from 'node:crypto';
import { derContent, derElement, derElementsIn, type DerElement } from './der.ts';

/** What the certificates of one generation of the card are like. */
export interface CertificateProfile {
  /** Object identifier of the algorithm under a certificate. */
  readonly certificateAlgorithm: string;
  /** Object identifier of the policy of user-authentication certificates. */
  readonly certificatePolicy: string;
}

/** Of the card issued since 2016: sha256WithRSAEncryption. The policy is from secondary sources; the published certificate profile was not at hand. */
export const FIRST_GENERATION: CertificateProfile = { certificateAlgorithm: '1.2.840.113549.1.1.11', certificatePolicy: '1.2.392.200149.8.5.1.3.30' };

export interface ChainOptions {
  /** From `pinnedAuthorities`. */
  readonly authorities: readonly X509Certificate[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** `test` also accepts authorities of the test hierarchy, whose cards anyone may make. */
  readonly mode: 'production' | 'test';
  /** False where the policy shall not be asked for. */
  readonly policy: boolean;
  readonly profile: CertificateProfile;
}

export type ChainVerdict =
  | { readonly kind: 'trusted'; readonly certificate: X509Certificate; /** Issuer and serial number, in DER: what tells it from every other. */ readonly identity: Uint8Array }
  | { readonly kind: 'malformed' }
  /** No pinned authority has signed it. */
  | { readonly kind: 'unknown-issuer' }
  /** Signed by a test authority, in production. */
  | { readonly kind: 'test-hierarchy' }
  | { readonly kind: 'not-valid-now'; readonly whose: 'certificate' | 'authority'; readonly why: 'not-yet' | 'expired' }
  /** Genuine, and made for something else. */
  | { readonly kind: 'wrong-purpose'; readonly why: 'algorithm' | 'key' | 'key-usage' | 'policy' | 'critical-extension' };

const TEST_ORGANISATION = 'O=JPKI-TEST';
const RSA_BITS_MIN = 2048;
/** DER tags (X.690). */
const TAG = { boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, oid: 0x06, sequence: 0x30, version: 0xa0, extensions: 0xa3 } as const;
/** RFC 5280, 4.2.1. Extensions that are looked at, or may be critical without changing what the certificate is for. */
const EXTENSION = {
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
} as const;
const UNDERSTOOD: ReadonlySet<string> = new Set(Object.values(EXTENSION).map(hexOfOid));

/**
 * The authorities of PEM texts, each of one certificate or more.
 * @throws Error when a text holds none, or one that is not an authority: the configuration is wrong and must not be half used
 */
export function pinnedAuthorities(pemTexts: readonly string[]): readonly X509Certificate[] {
  return pemTexts.flatMap((text) => {
    const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    if (blocks.length === 0) throw new Error('A file of pinned authorities holds no certificate');
    return blocks.map((block) => {
      const authority = new X509Certificate(block);
      if (!authority.ca) throw new Error('A file of pinned authorities holds a certificate that is not an authority');
      return authority;
    });
  });
}

/** @param der the certificate as the card gave it */
export function checkCertificate(der: Uint8Array, options: ChainOptions): ChainVerdict {
  const certificate = parsed(der);
  const facts = certificate && factsOf(der);
  if (!certificate || !facts) return { kind: 'malformed' };
  // Several generations of the authority share one name; only the signature tells which of them it was.
  const authority = options.authorities.find((candidate) => certificate.checkIssued(candidate) && certificate.verify(candidate.publicKey));
  if (!authority) return { kind: 'unknown-issuer' };
  if (options.mode === 'production' && isTest(authority)) return { kind: 'test-hierarchy' };
  for (const [whose, { validFromDate, validToDate }] of [['certificate', certificate], ['authority', authority]] as const) {
    if (options.now < validFromDate.getTime()) return { kind: 'not-valid-now', whose, why: 'not-yet' };
    if (options.now > validToDate.getTime()) return { kind: 'not-valid-now', whose, why: 'expired' };
  }
  const { certificateAlgorithm, certificatePolicy } = options.profile;
  const { publicKey } = certificate;
  if (certificate.signatureAlgorithmOid !== certificateAlgorithm) return { kind: 'wrong-purpose', why: 'algorithm' };
  const bits = publicKey.asymmetricKeyType === 'rsa' ? publicKey.asymmetricKeyDetails?.modulusLength : undefined;
  if (bits === undefined || bits < RSA_BITS_MIN) return { kind: 'wrong-purpose', why: 'key' };
  if (!facts.onlyForAuthentication) return { kind: 'wrong-purpose', why: 'key-usage' };
  if (options.policy && !facts.policies.includes(hexOfOid(certificatePolicy))) return { kind: 'wrong-purpose', why: 'policy' };
  if (facts.strangeCriticalExtension) return { kind: 'wrong-purpose', why: 'critical-extension' };
  return { kind: 'trusted', certificate, identity: facts.identity };
}

function isTest(authority: X509Certificate): boolean {
  return [authority.subject, authority.issuer].some((name) => name.split('\n').includes(TEST_ORGANISATION));
}

/** One DER certificate and nothing else: X509Certificate would also take PEM text, or bytes with a tail. */
function parsed(der: Uint8Array): X509Certificate | undefined {
  const whole = derElement(der, 0);
  if (whole?.tag !== TAG.sequence || whole.end !== der.length) return undefined;
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

interface CertificateFacts {
  readonly identity: Uint8Array;
  /** Object identifiers, as hexadecimal of their DER content. */
  readonly policies: readonly string[];
  /** keyUsage is critical and says digitalSignature and nothing more. With nonRepudiation it would be the one for signing documents. */
  readonly onlyForAuthentication: boolean;
  readonly strangeCriticalExtension: boolean;
}

/** Certificate ::= { tbsCertificate { …, [3] { extensions } }, signatureAlgorithm, signature } (RFC 5280, 4.1). */
function factsOf(der: Uint8Array): CertificateFacts | undefined {
  const inside = (element: DerElement | undefined) => derElementsIn(der, element);
  const hexOf = (element: DerElement | undefined) => (element?.tag === TAG.oid ? Buffer.from(derContent(der, element)).toString('hex') : undefined);
  const [tbs] = inside(derElement(der, 0)) ?? [];
  const parts = inside(tbs) ?? [];
  // [0] version, serialNumber, signature, issuer, …
  const [version, serial, , issuer] = parts;
  const holder = parts.find(({ tag }) => tag === TAG.extensions);
  const extensions = inside(inside(holder)?.[0]);
  if (!extensions || version?.tag !== TAG.version || serial?.tag !== TAG.integer || issuer?.tag !== TAG.sequence) return undefined;
  const identity = Uint8Array.from([issuer, serial].flatMap(({ start, end }) => [...der.subarray(start, end)]));

  let policies: readonly string[] = [];
  let onlyForAuthentication = false;
  let strangeCriticalExtension = false;
  const seen = new Set<string>();
  for (const extension of extensions) {
    const parts = inside(extension);
    const id = hexOf(parts?.[0]);
    const value = parts?.at(-1);
    if (!parts || id === undefined || value?.tag !== TAG.octetString || seen.has(id)) return undefined;
    seen.add(id);
    const flag = parts[1];
    const critical = flag?.tag === TAG.boolean && der[flag.contentStart] !== 0x00;
    if (id === hexOfOid(EXTENSION.keyUsage)) {
      const bits = derElement(der, value.contentStart);
      // First the number of unused bits; digitalSignature is the first bit behind it.
      onlyForAuthentication = critical && bits?.tag === TAG.bitString && bits.end === value.end && Buffer.from(derContent(der, bits)).toString('hex') === '0780';
    } else if (id === hexOfOid(EXTENSION.certificatePolicies)) {
      const listed = inside(derElement(der, value.contentStart));
      if (!listed) return undefined;
      policies = listed.map((policy) => hexOf(inside(policy)?.[0]) ?? '');
    }
    if (critical && !UNDERSTOOD.has(id)) strangeCriticalExtension = true;
  }
  return { identity, policies, onlyForAuthentication, strangeCriticalExtension };
}

/** The DER content of an object identifier in hexadecimal: seven bits a byte, the top bit set on all but the last (X.690, 8.19). */
function hexOfOid(dotted: string): string {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift(0x80 | (left & 0x7f));
    return groups;
  });
  return Buffer.from(bytes).toString('hex');
}
