/**
 * Who this device is: its Ed25519 key, its place, and the town's card key, in one file that only the kiosk's user can read. The key is
 * made and durable before the backend is asked, so a lost answer can be asked for again. Nothing of it may ever be logged.
 */
import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto';
import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { DeviceId, MunicipalityId, SiteId } from '../contract/ids.ts';
import { EnrolResponse, type PublicKey } from '../contract/sync.ts';
import type { Backend, Randomness } from './ports.ts';
import { syncDirectory } from './sync-directory.ts';

export interface DeviceIdentity {
  readonly deviceId: DeviceId;
  readonly municipalityId: MunicipalityId;
  readonly municipalityName: string;
  readonly siteId: SiteId;
  readonly siteName: string;
  /** Short name printed in slip numbers, as in 「役場1-0042」. */
  readonly deviceLabel: string;
  /** 32 bytes; a secret of the town. */
  readonly cardKey: Uint8Array;
  readonly privateKey: KeyObject;
  /** X25519; keys of cards are sealed to its public half. Made from the device's own key, so it needs no place of its own. */
  readonly sealingKey: KeyObject;
}

export type IdentityLoading =
  | { readonly ok: true; readonly identity: DeviceIdentity }
  | { readonly ok: false; readonly trouble: 'not-enrolled' | 'identity-unreadable'; readonly detail: string };

export type Enrolment =
  | { readonly ok: true; readonly identity: DeviceIdentity }
  | { readonly ok: false; readonly why: 'already-enrolled' | 'refused' | 'unreachable' | 'data-directory'; readonly message: string };

/** Seed of an Ed25519 key (RFC 8032): 32 bytes in base64url. */
const Seed = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const IdentityFile = z.strictObject({ version: z.literal(1), privateKey: Seed, publicKey: Seed, enrolment: EnrolResponse });
/** A key that waits for the backend's answer, and the code it was made for. */
const PendingFile = z.strictObject({ version: z.literal(1), privateKey: Seed, codeHash: z.string() });

const identityPath = (dataDir: string): string => path.join(dataDir, 'identity.json');
const pendingPath = (dataDir: string): string => path.join(dataDir, 'identity.pending.json');
/** PKCS #8 wrapping of an Ed25519 seed (RFC 8410 §7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
/** The same of an X25519 key. */
const PKCS8_PREFIX_X25519 = Buffer.from('302e020100300506032b656e04220420', 'hex');
/** Keeps the sealing key apart from the signing key it is made from (HKDF, RFC 5869). */
const SEALING_KEY_INFO = 'kazasu device sealing key v1';

/** @param dataDir absolute path of the data directory */
export function loadIdentity(dataDir: string): IdentityLoading {
  const file = identityPath(dataDir);
  if (!existsSync(file)) return { ok: false, trouble: 'not-enrolled', detail: `この機器はまだ登録されていません。This device is not enrolled: there is no ${file}.` };
  const unreadable = (why: string): IdentityLoading => ({ ok: false, trouble: 'identity-unreadable', detail: `${file}: ${why}` });
  try {
    const parsed = IdentityFile.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (!parsed.success) return unreadable(`読めません。It does not have the shape of an identity (at "${parsed.error.issues[0]?.path.join('.') ?? ''}").`);
    const privateKey = privateKeyOfSeed(parsed.data.privateKey);
    if (publicKeyOf(privateKey).x !== parsed.data.publicKey) return unreadable('鍵が壊れています。The two halves of the key do not belong together.');
    keepToOwner(file);
    return { ok: true, identity: identityOf(parsed.data.enrolment, parsed.data.privateKey) };
  } catch (error) {
    // The message of JSON.parse quotes what it read, and that may be the key.
    return unreadable(error instanceof SyntaxError ? 'JSON ではありません。It is not JSON.' : (error as Error).message);
  }
}

/**
 * Asks the backend to know this device. Asking again with the same code after a lost answer uses the same key and gets the same device.
 * @param code one-time code that staff made; blanks, hyphens and case do not matter to the backend
 */
export async function enrol(options: {
  readonly dataDir: string;
  readonly code: string;
  readonly backend: Pick<Backend, 'enrol'>;
  readonly randomness: Randomness;
}): Promise<Enrolment> {
  const { dataDir, code, backend, randomness } = options;
  if (existsSync(identityPath(dataDir))) {
    return { ok: false, why: 'already-enrolled', message: `この機器はすでに登録されています。This device is enrolled already (${identityPath(dataDir)}).` };
  }
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    keepToOwner(dataDir);
    const seed = pendingSeed(dataDir, code) ?? newPendingSeed(dataDir, code, randomness);
    const privateKey = privateKeyOfSeed(seed);
    const answer = await backend.enrol({
      code,
      publicKey: publicKeyOf(privateKey),
      sealingKey: sealingPublicKeyOf(sealingKeyOfSeed(seed)),
      proof: await proveKey(code, privateKey),
    });
    switch (answer.kind) {
      case 'unreachable':
        return { ok: false, why: 'unreachable', message: `町のシステムに届きません。同じコードでもう一度どうぞ。The backend cannot be reached (${answer.detail}); try the same code again.` };
      case 'refused':
        return { ok: false, why: 'refused', message: answer.error.message };
      case 'answered':
        break;
    }
    writeDurably(identityPath(dataDir), { version: 1, privateKey: seed, publicKey: publicKeyOf(privateKey).x, enrolment: answer.value });
    rmSync(pendingPath(dataDir), { force: true });
    return { ok: true, identity: identityOf(answer.value, seed) };
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    return { ok: false, why: 'data-directory', message: `${dataDir} に書けません。The data directory cannot be written: ${error.message}` };
  }
}

function identityOf(enrolment: EnrolResponse, seed: string): DeviceIdentity {
  const { cardKey, ...place } = enrolment;
  return {
    ...place,
    cardKey: Uint8Array.from(Buffer.from(cardKey, 'base64url')),
    privateKey: privateKeyOfSeed(seed),
    sealingKey: sealingKeyOfSeed(seed),
  };
}

/** The key made earlier for this very code. With another code a new key is made: the old one may be known to the backend already. */
function pendingSeed(dataDir: string, code: string): string | undefined {
  try {
    const pending = PendingFile.safeParse(JSON.parse(readFileSync(pendingPath(dataDir), 'utf8'))).data;
    return pending?.codeHash === hashOfCode(code) ? pending.privateKey : undefined;
  } catch {
    return undefined;
  }
}

function newPendingSeed(dataDir: string, code: string, randomness: Randomness): string {
  const { seed } = newDeviceKey(randomness);
  writeDurably(pendingPath(dataDir), { version: 1, privateKey: seed, codeHash: hashOfCode(code) });
  return seed;
}

/** A new Ed25519 key and its seed in base64url. */
export function newDeviceKey(randomness: Randomness): { readonly seed: string; readonly privateKey: KeyObject } {
  const seed = Buffer.from(randomness.bytes(32)).toString('base64url');
  return { seed, privateKey: privateKeyOfSeed(seed) };
}

const hashOfCode = (code: string): string => createHash('sha256').update(code.toUpperCase().replace(/[\s-]/g, '')).digest('hex');

function privateKeyOfSeed(seed: string): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, Buffer.from(seed, 'base64url')]), format: 'der', type: 'pkcs8' });
}

/** @param seed of the device's Ed25519 key, in base64url */
export function sealingKeyOfSeed(seed: string): KeyObject {
  const derived = hkdfSync('sha256', Buffer.from(seed, 'base64url'), Buffer.alloc(0), SEALING_KEY_INFO, 32);
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX_X25519, Buffer.from(derived)]), format: 'der', type: 'pkcs8' });
}

/** The public half of the sealing key as the contract sends it. */
export function sealingPublicKeyOf(sealingKey: KeyObject): string {
  const { x } = createPublicKey(sealingKey).export({ format: 'jwk' });
  if (x === undefined) throw new Error('An X25519 key has a public half');
  return x;
}

/** The public half as the contract sends it. */
export function publicKeyOf(privateKey: KeyObject): PublicKey {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (x === undefined) throw new Error('An Ed25519 key has a public half');
  return { kty: 'OKP', crv: 'Ed25519', x };
}

/** Compact JWS over the code, made with the key that is to be enrolled. */
async function proveKey(code: string, privateKey: KeyObject): Promise<string> {
  const { CompactSign } = await import('jose/jws/compact/sign');
  return new CompactSign(Buffer.from(code, 'utf8')).setProtectedHeader({ alg: 'EdDSA' }).sign(privateKey);
}

/** Writes the whole file or nothing, readable by its owner alone, and on the disk when it returns. */
function writeDurably(file: string, content: unknown): void {
  const draft = `${file}.new`;
  rmSync(draft, { force: true });
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    writeFileSync(descriptor, `${JSON.stringify(content, null, 2)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(draft, file);
  syncDirectory(path.dirname(file));
}

/** A backup that was put back may have come with wider rights. Windows keeps rights elsewhere. */
function keepToOwner(file: string): void {
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) chmodSync(file, statSync(file).mode & 0o700);
}
