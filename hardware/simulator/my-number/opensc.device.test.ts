/**
 * The virtual My Number card before a witness who knows the real one: OpenSC's own tools, through the real pcscd, recognise it, list and
 * read its certificates and let it sign; OpenSSL checks what comes out. Nothing of ours is between the tools and the card.
 */
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { PrivatePcscd } from '../private-pcscd.ts';
import { MyNumberCard } from '../virtual-card-my-number.ts';
import { VirtualReader } from '../virtual-reader.ts';
import { issueIdentity, pemOf, testHierarchy, type CardIdentity } from './card-identity.ts';
import { KAKUU_HANAKO } from './holder.ts';
import { TEST_SECRETS } from './secrets.ts';

const READER = ['--reader', '0'];
const PIN = TEST_SECRETS['authentication-pin'];
const PASSWORD = TEST_SECRETS['signature-password'];
const PKCS11_MODULE = ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/opensc-pkcs11.so`).find((file) => existsSync(file)) ?? 'opensc-pkcs11.so';

let directory: string;
let pcscd: PrivatePcscd;
let reader: VirtualReader;
let identity: CardIdentity;
let card: MyNumberCard;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'kazasu-opensc-'));
  pcscd = new PrivatePcscd();
  await pcscd.start();
  const hierarchy = testHierarchy();
  identity = issueIdentity(hierarchy);
  writeFileSync(path.join(directory, 'authorities.pem'), pemOf(hierarchy.authentication.certificate) + pemOf(hierarchy.signature.certificate));
  writeFileSync(path.join(directory, 'challenge'), 'かざす窓口の問い');
});
afterAll(async () => {
  await pcscd.close();
  rmSync(directory, { recursive: true });
});
beforeEach(async () => {
  card = new MyNumberCard('hanako', { identity });
  reader = new VirtualReader();
  await lay();
});
afterEach(lift);

const seen = (answer: 'Yes' | 'No') => expect.poll(() => run('opensc-tool', '--list-readers'), { timeout: 10_000, interval: 100 }).toMatch(new RegExp(`^0 +${answer}`, 'm'));
async function lay(): Promise<void> {
  reader.insert(card);
  await seen('Yes');
}
async function lift(): Promise<void> {
  reader.remove();
  await seen('No');
}

/** @returns what the program wrote; throws with what it complained of when it failed */
async function run(program: string, ...options: readonly string[]): Promise<string> {
  // No cache of an earlier card may answer instead of this one.
  const env = { PATH: process.env['PATH'], HOME: directory, XDG_CACHE_HOME: directory };
  const { stdout } = await promisify(execFile)(program, options, { cwd: directory, env });
  return stdout;
}
const certificate = async (id: string, ...options: readonly string[]) => new X509Certificate(await run('pkcs15-tool', ...READER, ...options, '--read-certificate', id));
/** As the tool's listing has it: the block that begins with `title`. */
const listed = (listing: string, title: string) => listing.split('\n\n').find((block) => block.trimStart().startsWith(title)) ?? '';

test('opensc-tool recognises it by its application', async () => {
  expect(await run('opensc-tool', ...READER, '--name')).toBe('jpki\n');
  expect(card.given).toEqual([]);
});

test('pkcs15-tool lists its certificates, keys and PINs, with the tries that are left', async () => {
  const listing = await run('pkcs15-tool', ...READER, '--dump');
  expect(listing).toContain('PKCS#15 Card [JPKI]');
  expect(listed(listing, 'PIN [User Authentication PIN]')).toContain('Tries left     : 3');
  expect(listed(listing, 'PIN [Digital Signature PIN]')).toContain('Tries left     : 5');
  const serial = (of: Uint8Array) => `Encoded serial : 02 08 ${new X509Certificate(of).serialNumber}`;
  expect(listed(listing, 'X.509 Certificate [User Authentication Certificate]')).toContain(serial(identity.authentication.certificate));
  expect(listed(listing, 'X.509 Certificate [User Authentication Certificate CA]')).toContain(serial(identity.authentication.authority));
  expect(listed(listing, 'X.509 Certificate [Digital Signature Certificate CA]')).toContain(serial(identity.signature.authority));
  // It lies behind the password, so that not even its serial number is told.
  expect(listed(listing, 'X.509 Certificate [Digital Signature Certificate]')).not.toContain('serial');
  expect(listed(listing, 'Private RSA Key [User Authentication Key]')).toContain('ModLength      : 2048');
});

test('it reads the free certificates as they were issued, and OpenSSL finds the holder’s signed by its authority', async () => {
  expect((await certificate('1')).raw).toEqual(Buffer.from(identity.authentication.certificate));
  expect((await certificate('3')).raw).toEqual(Buffer.from(identity.authentication.authority));
  expect((await certificate('4')).raw).toEqual(Buffer.from(identity.signature.authority));
  writeFileSync(path.join(directory, 'holder.pem'), (await certificate('1')).toString());
  expect(await run('openssl', 'verify', '-x509_strict', '-CAfile', 'authorities.pem', 'holder.pem')).toBe('holder.pem: OK\n');
  expect(card.alarms).toEqual([]);
});

test.each([
  ['pkcs15-crypt', async () => {
    await run('openssl', 'dgst', '-sha256', '-binary', '-out', 'hash', 'challenge');
    await run('pkcs15-crypt', ...READER, '--sign', '--key', '1', '--sha-256', '--pkcs1', '--pin', PIN, '--input', 'hash', '--output', 'signature', '--signature-format', 'openssl');
  }],
  ['pkcs11-tool', () => run('pkcs11-tool', '--module', PKCS11_MODULE, '--login', '--pin', PIN, '--sign', '--mechanism', 'SHA256-RSA-PKCS', '--id', '01', '--input-file', 'challenge', '--output-file', 'signature')],
])('%s lets it sign with the user-authentication PIN, and OpenSSL verifies the signature', async (_tool, sign) => {
  rmSync(path.join(directory, 'signature'), { force: true });
  await sign();
  writeFileSync(path.join(directory, 'holder.key'), new X509Certificate(identity.authentication.certificate).publicKey.export({ type: 'spki', format: 'pem' }));
  const verify = ['dgst', '-sha256', '-verify', 'holder.key', '-signature', 'signature'];
  expect(await run('openssl', ...verify, 'challenge')).toBe('Verified OK\n');
  await expect(run('openssl', ...verify, 'authorities.pem')).rejects.toThrow();
  expect(readFileSync(path.join(directory, 'signature'))).toHaveLength(256);
  expect(card.alarms).toEqual([]);
});

test('a wrong PIN signs nothing and costs a try, which the tools still see after the card was lifted', async () => {
  writeFileSync(path.join(directory, 'hash'), Buffer.alloc(32));
  const sign = (pin: string) => run('pkcs15-crypt', ...READER, '--sign', '--key', '1', '--sha-256', '--pkcs1', '--pin', pin, '--input', 'hash', '--output', 'unsigned');
  await expect(sign('0000')).rejects.toThrow(/PIN/);
  expect(existsSync(path.join(directory, 'unsigned'))).toBe(false);
  await lift();
  await lay();
  expect(listed(await run('pkcs15-tool', ...READER, '--dump'), 'PIN [User Authentication PIN]')).toContain('Tries left     : 2');
  await sign(PIN);
  expect(listed(await run('pkcs15-tool', ...READER, '--dump'), 'PIN [User Authentication PIN]')).toContain('Tries left     : 3');
});

test('the certificate for signing comes with its password only, with the holder’s attributes in it; and that is an alarm', async () => {
  await expect(certificate('2')).rejects.toThrow();
  expect(card.alarms).toEqual([]);
  const opened = await certificate('2', '--verify-pin', '--auth-id', '02', '--pin', PASSWORD);
  expect(opened.raw).toEqual(Buffer.from(identity.signature.certificate));
  writeFileSync(path.join(directory, 'signing.pem'), opened.toString());
  expect(await run('openssl', 'verify', '-x509_strict', '-CAfile', 'authorities.pem', 'signing.pem')).toBe('signing.pem: OK\n');
  expect(await run('openssl', 'x509', '-in', 'signing.pem', '-noout', '-ext', 'subjectAltName', '-nameopt', 'utf8')).toContain(`1.2.392.200149.8.5.5.1::${KAKUU_HANAKO.name}`);
  expect(card.alarms).toEqual([expect.stringContaining('the password for signing was used')]);
});
