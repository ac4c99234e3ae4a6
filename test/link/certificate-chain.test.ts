import { X509Certificate, generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkCertificate, FIRST_GENERATION, pinnedAuthorities, type ChainOptions } from '../../backend/links/certificate-chain.ts';
import { issueIdentity, testHierarchy } from '../../hardware/simulator/my-number/card-identity.ts';
import {
  basicConstraintsOfAuthority,
  certificateOf,
  certificatePolicy,
  keyUsage,
  type CertificateContents,
  type Extension,
  type Name,
} from '../../hardware/simulator/my-number/certificate.ts';

const NOW = Date.UTC(2026, 3, 1);
const DAY_MS = 24 * 60 * 60 * 1_000;
const day = (days: number) => new Date(NOW + days * DAY_MS);
const POLICY = certificatePolicy(FIRST_GENERATION.certificatePolicy);
const USAGE = { digitalSignature: 0, nonRepudiation: 1, keyCertSign: 5, cRLSign: 6 } as const;
const nameOf = (organisation: string): Name => [['C', 'JP'], ['O', organisation], ['OU', 'JPKI for user authentication']];
const keysOf = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits });
const [CURRENT_KEYS, EARLIER_KEYS, OTHER_KEYS, LEAF_KEYS, SHORT_KEYS] = [2048, 2048, 2048, 2048, 1024].map(keysOf) as [Keys, Keys, Keys, Keys, Keys];
type Keys = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

function authorityOf(keys: Keys, organisation: string, contents: Partial<CertificateContents> = {}): X509Certificate {
  const name = nameOf(organisation);
  return new X509Certificate(
    certificateOf({
      serial: Uint8Array.of(1),
      issuer: name,
      subject: name,
      notBefore: day(-1000),
      notAfter: day(1000),
      publicKey: keys.publicKey,
      signingKey: keys.privateKey,
      extensions: [basicConstraintsOfAuthority(), keyUsage(USAGE.keyCertSign, USAGE.cRLSign)],
      ...contents,
    }),
  );
}

// Real authorities are not in this repository; these only call themselves so. Their generations share one name.
const CURRENT = authorityOf(CURRENT_KEYS, 'JPKI');
const EARLIER = authorityOf(EARLIER_KEYS, 'JPKI');
const TEST = authorityOf(OTHER_KEYS, 'JPKI-TEST');

function leafOf(contents: Partial<CertificateContents> = {}): Uint8Array {
  return certificateOf({
    serial: Uint8Array.of(2),
    issuer: nameOf('JPKI'),
    subject: [['C', 'JP'], ['CN', '00000000000000']],
    notBefore: day(-10),
    notAfter: day(10),
    publicKey: LEAF_KEYS.publicKey,
    signingKey: CURRENT_KEYS.privateKey,
    extensions: [keyUsage(USAGE.digitalSignature), POLICY],
    ...contents,
  });
}

const OPTIONS: ChainOptions = { authorities: [EARLIER, CURRENT], now: NOW, mode: 'production', policy: true, profile: FIRST_GENERATION };
const check = (der: Uint8Array, options: Partial<ChainOptions> = {}) => checkCertificate(der, { ...OPTIONS, ...options });
const LEAF = leafOf();

test('a certificate is trusted when the pinned authority that signed it is found, whatever else bears the same name', () => {
  for (const authorities of [[CURRENT], [EARLIER, CURRENT], [CURRENT, EARLIER]]) expect(check(LEAF, { authorities }).kind).toBe('trusted');
  const verdict = check(LEAF);
  expect(verdict.kind === 'trusted' && Buffer.from(verdict.certificate.raw).equals(LEAF)).toBe(true);
});

test('with no authority pinned, or only others, nobody is known', () => {
  for (const authorities of [[], [EARLIER], [TEST]]) expect(check(LEAF, { authorities })).toEqual({ kind: 'unknown-issuer' });
});

test('a name alone proves nothing: neither the holder’s own signature nor a stranger’s', () => {
  expect(check(leafOf({ signingKey: LEAF_KEYS.privateKey }))).toEqual({ kind: 'unknown-issuer' });
  expect(check(leafOf({ signingKey: OTHER_KEYS.privateKey }))).toEqual({ kind: 'unknown-issuer' });
  // Signed by the authority, but in another's name.
  expect(check(leafOf({ issuer: nameOf('SOMEBODY') }))).toEqual({ kind: 'unknown-issuer' });
});

test('a test hierarchy is refused in production even when somebody pinned it, and good in a test', () => {
  const leaf = leafOf({ issuer: nameOf('JPKI-TEST'), signingKey: OTHER_KEYS.privateKey });
  expect(check(leaf, { authorities: [CURRENT, TEST] })).toEqual({ kind: 'test-hierarchy' });
  expect(check(leaf, { authorities: [CURRENT, TEST], mode: 'test' }).kind).toBe('trusted');
});

test.each([
  [-10, 'trusted'],
  [10, 'trusted'],
  [-11, { whose: 'certificate', why: 'not-yet' }],
  [11, { whose: 'certificate', why: 'expired' }],
] as const)('%i days from now the certificate is %j', (days, expected) => {
  const verdict = check(LEAF, { now: NOW + days * DAY_MS });
  if (expected === 'trusted') expect(verdict.kind).toBe('trusted');
  else expect(verdict).toEqual({ kind: 'not-valid-now', ...expected });
});

test.each([
  [{ notAfter: day(-1) }, 'expired'],
  [{ notBefore: day(1) }, 'not-yet'],
] as const)('an authority that is not valid now (%j) vouches for nobody', (contents, why) => {
  expect(check(LEAF, { authorities: [authorityOf(CURRENT_KEYS, 'JPKI', contents)] })).toEqual({ kind: 'not-valid-now', whose: 'authority', why });
});

const strange: Extension = { identifier: '2.5.29.99', critical: true, value: Uint8Array.of(0x05, 0x00) };
const uncritical = (extension: Extension): Extension => ({ ...extension, critical: false });

test.each<[string, Partial<CertificateContents>, string]>([
  ['for signing documents', { extensions: [keyUsage(USAGE.digitalSignature, USAGE.nonRepudiation), POLICY] }, 'key-usage'],
  ['of an authority', { extensions: [basicConstraintsOfAuthority(), keyUsage(USAGE.digitalSignature, USAGE.keyCertSign), POLICY] }, 'key-usage'],
  ['without a stated use', { extensions: [POLICY] }, 'key-usage'],
  ['with a use that may be ignored', { extensions: [uncritical(keyUsage(USAGE.digitalSignature)), POLICY] }, 'key-usage'],
  ['without a policy', { extensions: [keyUsage(USAGE.digitalSignature)] }, 'policy'],
  ['of the policy for signing', { extensions: [keyUsage(USAGE.digitalSignature), certificatePolicy('1.2.392.200149.8.5.1.1.20')] }, 'policy'],
  ['with a critical extension nobody knows', { extensions: [keyUsage(USAGE.digitalSignature), POLICY, strange] }, 'critical-extension'],
  ['with a short key', { publicKey: SHORT_KEYS.publicKey }, 'key'],
  ['with a key of another kind', { publicKey: generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey }, 'key'],
])('a certificate %s is for something else', (_what, contents, why) => {
  expect(check(leafOf(contents))).toEqual({ kind: 'wrong-purpose', why });
});

test('an extension nobody knows does no harm while it is not critical', () => {
  expect(check(leafOf({ extensions: [keyUsage(USAGE.digitalSignature), POLICY, uncritical(strange)] })).kind).toBe('trusted');
});

test('the policy is not asked for where the configuration says so', () => {
  expect(check(leafOf({ extensions: [keyUsage(USAGE.digitalSignature)] }), { policy: false }).kind).toBe('trusted');
});

test('a certificate under another algorithm than the profile’s is for something else', () => {
  // ecdsa-with-SHA384, as the next generation of the card will have it.
  const profile = { ...FIRST_GENERATION, certificateAlgorithm: '1.2.840.10045.4.3.3' };
  expect(check(LEAF, { profile })).toEqual({ kind: 'wrong-purpose', why: 'algorithm' });
});

test.each([
  ['nothing', new Uint8Array()],
  ['a certificate with a tail', Uint8Array.of(...LEAF, 0x00)],
  ['a certificate without its end', LEAF.slice(0, -1)],
  ['PEM text', Uint8Array.from(Buffer.from(new X509Certificate(LEAF).toString(), 'ascii'))],
  ['another object', Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x01)],
  ['an extension twice', leafOf({ extensions: [keyUsage(USAGE.digitalSignature), keyUsage(USAGE.digitalSignature), POLICY] })],
])('%s is malformed', (_what, der) => {
  expect(check(der)).toEqual({ kind: 'malformed' });
});

test('no certificate with a byte changed is trusted, and none breaks the check', () => {
  fc.assert(
    fc.property(fc.nat({ max: LEAF.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Uint8Array.from(LEAF);
      changed[at]! ^= flip;
      expect(check(changed).kind).not.toBe('trusted');
    }),
    { numRuns: 500 },
  );
});

test('the virtual card’s certificates are trusted in a test only, and its faulty ones never', () => {
  const hierarchy = testHierarchy({ at: new Date(NOW) });
  const authorities = [new X509Certificate(hierarchy.authentication.certificate)];
  const leaf = (variant: 'good' | 'expired' | 'foreign' | 'self-signed') => issueIdentity(hierarchy, { at: new Date(NOW), variant }).authentication.certificate;
  expect(check(leaf('good'), { authorities, mode: 'test' }).kind).toBe('trusted');
  expect(check(leaf('good'), { authorities }).kind).toBe('test-hierarchy');
  expect(check(leaf('expired'), { authorities, mode: 'test' })).toEqual({ kind: 'not-valid-now', whose: 'certificate', why: 'expired' });
  for (const variant of ['foreign', 'self-signed'] as const) expect(check(leaf(variant), { authorities, mode: 'test' }).kind).toBe('unknown-issuer');
});

test('authorities are read from PEM texts, each of one or more', () => {
  const texts = [`# comment\n${CURRENT.toString()}\n${EARLIER.toString()}`, TEST.toString()];
  expect(pinnedAuthorities(texts).map(({ fingerprint256 }) => fingerprint256)).toEqual([CURRENT, EARLIER, TEST].map(({ fingerprint256 }) => fingerprint256));
  expect(pinnedAuthorities([])).toEqual([]);
});

test.each([
  ['holds no certificate', 'not a certificate'],
  ['not an authority', new X509Certificate(LEAF).toString()],
])('a file that %s stops the start', (message, text) => {
  expect(() => pinnedAuthorities([CURRENT.toString(), text])).toThrow(message);
});
