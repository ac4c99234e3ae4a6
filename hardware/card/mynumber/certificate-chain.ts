/**
 * Decides whether a user-authentication certificate comes from an authority that this kiosk was told to trust. Authorities are pinned:
 * they come from files named by the configuration, never from a card or a network, and with none of them nobody is trusted. Says nothing
 * about revocation: only those notified to J-LIS may ask for it, and a kiosk is not.
 *
 * node:crypto checks the signatures; it does not show the extensions that decide what a certificate is for, so those are read here.
 */
import { X509Certificate } from 'node:crypto';
import type { MyNumberProfile } from './profile.ts';
import { contentOf, elementHeader, elementsIn, type Element } from './tag-length-value.ts';

export interface ChainOptions {
  /** From `pinnedAuthorities`. */
  readonly authorities: readonly X509Certificate[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** `test` also accepts authorities of the test hierarchy, whose cards anyone may make. */
  readonly mode: 'production' | 'test';
  /** False where the policy shall not be asked for. */
  readonly policy: boolean;
  readonly profile: Pick<MyNumberProfile, 'certificateAlgorithm' | 'certificatePolicy'>;
}

export type ChainVerdict =
  | { readonly kind: 'trusted'; readonly certificate: X509Certificate }
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
const TAG = { boolean: 0x01, bitString: 0x03, octetString: 0x04, oid: 0x06, sequence: 0x30, extensions: 0xa3 } as const;
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
  return { kind: 'trusted', certificate };
}

function isTest(authority: X509Certificate): boolean {
  return [authority.subject, authority.issuer].some((name) => name.split('\n').includes(TEST_ORGANISATION));
}

/** One DER certificate and nothing else: X509Certificate would also take PEM text, or bytes with a tail. */
function parsed(der: Uint8Array): X509Certificate | undefined {
  const whole = elementHeader(der, 0);
  if (whole?.tag !== TAG.sequence || whole.end !== der.length) return undefined;
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

interface CertificateFacts {
  /** Object identifiers, as hexadecimal of their DER content. */
  readonly policies: readonly string[];
  /** keyUsage is critical and says digitalSignature and nothing more. With nonRepudiation it would be the one for signing documents. */
  readonly onlyForAuthentication: boolean;
  readonly strangeCriticalExtension: boolean;
}

/** Certificate ::= { tbsCertificate { …, [3] { extensions } }, signatureAlgorithm, signature } (RFC 5280, 4.1). */
function factsOf(der: Uint8Array): CertificateFacts | undefined {
  const inside = (element: Element | undefined) => element && elementsIn(der, element.contentStart, element.end);
  const hexOf = (element: Element | undefined) => (element?.tag === TAG.oid ? Buffer.from(contentOf(der, element)).toString('hex') : undefined);
  const [tbs] = inside(elementHeader(der, 0)) ?? [];
  const holder = inside(tbs)?.find(({ tag }) => tag === TAG.extensions);
  const extensions = inside(inside(holder)?.[0]);
  if (!extensions) return undefined;

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
      const bits = elementHeader(der, value.contentStart);
      // First the number of unused bits; digitalSignature is the first bit behind it.
      onlyForAuthentication = critical && bits?.tag === TAG.bitString && bits.end === value.end && Buffer.from(contentOf(der, bits)).toString('hex') === '0780';
    } else if (id === hexOfOid(EXTENSION.certificatePolicies)) {
      const listed = inside(elementHeader(der, value.contentStart));
      if (!listed) return undefined;
      policies = listed.map((policy) => hexOf(inside(policy)?.[0]) ?? '');
    }
    if (critical && !UNDERSTOOD.has(id)) strangeCriticalExtension = true;
  }
  return { policies, onlyForAuthentication, strangeCriticalExtension };
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
