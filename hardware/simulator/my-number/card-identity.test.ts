import { X509Certificate, createPublicKey } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { issueIdentity, pemOf, testHierarchy, type IdentityVariant, type TestHierarchy } from './card-identity.ts';
import { KAKUU_HANAKO, attributesFile, numberFile } from './holder.ts';

const PURPOSES = ['authentication', 'signature'] as const;
const AT = new Date('2030-06-01T00:00:00Z');

let hierarchy: TestHierarchy;
beforeAll(() => {
  hierarchy = testHierarchy({ at: AT });
});
const read = (der: Uint8Array) => new X509Certificate(der);
const isBetween = (certificate: X509Certificate, at: Date) => certificate.validFromDate <= at && at <= certificate.validToDate;
/** As a verifier with pinned authorities would judge. */
const stands = (of: Uint8Array, authority: Uint8Array) => read(of).checkIssued(read(authority)) && read(of).verify(read(authority).publicKey) && isBetween(read(of), AT);

test.each([
  ['authentication', 'JPKI for user authentication'],
  ['signature', 'JPKI for digital signature'],
] as const)('the authority for %s has the shape of JPKI’s name, and says TEST', (purpose, unit) => {
  const authority = read(hierarchy[purpose].certificate);
  expect(authority.subject).toBe(`C=JP\nO=JPKI-TEST\nOU=${unit}\nOU=Japan Agency for Local Authority Information Systems`);
  expect(authority.issuer).toBe(authority.subject);
  expect([authority.ca, authority.verify(authority.publicKey), isBetween(authority, AT)]).toEqual([true, true, true]);
  expect(authority.publicKey.asymmetricKeyDetails).toMatchObject({ modulusLength: 2048, publicExponent: 65_537n });
  expect(new X509Certificate(pemOf(hierarchy[purpose].certificate)).raw).toEqual(authority.raw);
});

test.each(PURPOSES)('the holder’s certificate for %s is issued by it, for the holder’s key, and tells no name in its subject', (purpose) => {
  const { certificate, key, authority } = issueIdentity(hierarchy, { at: AT })[purpose];
  expect(authority).toEqual(hierarchy[purpose].certificate);
  expect(stands(certificate, authority)).toBe(true);
  expect(read(certificate).checkPrivateKey(key)).toBe(true);
  expect(read(certificate).ca).toBe(false);
  expect(read(certificate).subject).toMatch(/^C=JP\nCN=[0-9A-F]{26}$/);
  expect(createPublicKey(key).equals(read(certificate).publicKey)).toBe(true);
});

test('only the certificate for signing carries the person', () => {
  const identity = issueIdentity(hierarchy, { at: AT });
  expect(read(identity.authentication.certificate).subjectAltName).toBeUndefined();
  const carried = (text: string) => Buffer.from(identity.signature.certificate).includes(Buffer.from(text));
  // 昭和 is the third era.
  expect([KAKUU_HANAKO.name, KAKUU_HANAKO.address, '319500103'].map(carried)).toEqual([true, true, true]);
});

test.each<[IdentityVariant, boolean]>([['good', true], ['expired', false], ['foreign', false], ['self-signed', false]])('a %s certificate stands before the authorities: %s', (variant, good) => {
  const identity = issueIdentity(hierarchy, { variant, at: AT });
  for (const purpose of PURPOSES) expect(stands(identity[purpose].certificate, hierarchy[purpose].certificate)).toBe(good);
});

test('each that does not stand fails for its own reason only', () => {
  const certificateOf = (variant: IdentityVariant) => issueIdentity(hierarchy, { variant, at: AT }).authentication;
  const { certificate } = hierarchy.authentication;
  const expired = read(certificateOf('expired').certificate);
  expect([expired.verify(read(certificate).publicKey), isBetween(expired, AT)]).toEqual([true, false]);
  const foreign = certificateOf('foreign');
  expect(read(foreign.authority).subject).toBe(read(certificate).subject);
  expect([stands(foreign.certificate, foreign.authority), read(foreign.certificate).verify(read(certificate).publicKey)]).toEqual([true, false]);
  const own = read(certificateOf('self-signed').certificate);
  expect([own.issuer, own.verify(own.publicKey), isBetween(own, AT)]).toEqual([own.subject, true, true]);
});

test('what is kept in a directory is the same the next time, and for its owner only', () => {
  const directory = path.join(mkdtempSync(path.join(tmpdir(), 'kazasu-identity-')), 'hierarchy');
  try {
    const make = () => issueIdentity(testHierarchy({ directory, at: AT }), { directory, at: AT, variant: 'foreign' });
    const [first, second] = [make(), make()];
    for (const purpose of PURPOSES) {
      expect([second[purpose].certificate, second[purpose].authority]).toEqual([first[purpose].certificate, first[purpose].authority]);
      expect(second[purpose].key.equals(first[purpose].key)).toBe(true);
    }
    const files = readdirSync(directory);
    expect(files).toHaveLength(6);
    for (const file of files) expect(statSync(path.join(directory, file)).mode & 0o777).toBe(0o600);
  } finally {
    rmSync(path.dirname(directory), { recursive: true });
  }
});

test('the attributes are encoded as the public example has them, with filler behind', () => {
  const example =
    'FF2056DF2108000E0020004A0055DF220FE69EB6E7A9BAE38080E88AB1E5AD90DF2327E69EB6E7A9BAE79C8CE8A68BE69CACE5B882E4BBAEE794BAEFBC91EFBC8DEFBC92EFBC8DEFBC93DF24083139353030313033DF250132';
  expect(Buffer.from(attributesFile(KAKUU_HANAKO)).toString('hex').toUpperCase()).toBe(`${example}FFFFFFFF`);
});

test('longer attributes move the offsets as the lengths grow', () => {
  const address = '架空県見本市仮町'.repeat(9);
  const file = Buffer.from(attributesFile({ ...KAKUU_HANAKO, address }));
  expect(file.subarray(0, 4).toString('hex')).toBe('ff208201');
  const offsets = [0, 2, 4, 6].map((at) => file.readUInt16BE(5 + 3 + at));
  expect(offsets.map((offset) => file.readUInt16BE(offset))).toEqual([0xdf22, 0xdf23, 0xdf24, 0xdf25]);
});

/** The check digit of a My Number: 11 − (Σ digit × weight mod 11), and 0 where that gives 10 or 11. Weights 2…7, 2…6 from the right. */
function checkDigit(number: string): number {
  const sum = [...number.slice(0, 11)].reverse().reduce((total, digit, index) => total + Number(digit) * (index < 6 ? index + 2 : index - 4), 0);
  return sum % 11 <= 1 ? 0 : 11 - (sum % 11);
}

test('the dummy number is nobody’s: its check digit is wrong', () => {
  // The published example.
  expect(checkDigit('123456789018')).toBe(8);
  expect(KAKUU_HANAKO.number).toMatch(/^[0-9]{12}$/);
  expect(checkDigit(KAKUU_HANAKO.number)).not.toBe(Number(KAKUU_HANAKO.number.at(-1)));
  expect(Buffer.from(numberFile(KAKUU_HANAKO)).toString('latin1')).toBe(`\xff\x10\x0c${KAKUU_HANAKO.number}\xff\xff`);
});
