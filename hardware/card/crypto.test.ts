import { createPublicKey, verify } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aesCbcDecrypt, aesCbcEncrypt, aesCmac, padded, sameSecret } from './crypto.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (data: Uint8Array) => Buffer.from(data).toString('hex');

const RFC_4493_KEY = '2b7e151628aed2a6abf7158809cf4f3c';
const RFC_4493_MESSAGE =
  '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710';
test.each([
  [0, 'bb1d6929e95937287fa37d129b756746'],
  [16, '070a16b46b4d4144f79bdd9dd04a287c'],
  [40, 'dfa66747de9ae63030ca32611497c827'],
  [64, '51f0bebf7e3b9d92fc49741779363cfe'],
])('AES-CMAC of %i bytes is that of RFC 4493', (length, mac) => {
  expect(hex(aesCmac(bytes(RFC_4493_KEY), bytes(RFC_4493_MESSAGE).slice(0, length)))).toBe(mac);
});

test('padding always adds something, and fills whole blocks', () => {
  expect(hex(padded(bytes('')))).toBe(`80${'00'.repeat(15)}`);
  expect(hex(padded(bytes('11'.repeat(15))))).toBe(`${'11'.repeat(15)}80`);
  expect(padded(bytes('11'.repeat(16)))).toHaveLength(32);
});

/** Vectors of Project Wycheproof; they stand beside the repository, not in it. */
const VECTORS = join(import.meta.dirname, '../../../shared/vectors');
const WITHOUT_VECTORS = `Project Wycheproof's vectors are not at ../shared/vectors`;

interface Vector {
  readonly tcId: number;
  readonly result: 'valid' | 'invalid' | 'acceptable';
  readonly key: string;
  readonly iv: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
  readonly sig: string;
}
interface VectorFile {
  readonly numberOfTests: number;
  readonly testGroups: readonly { readonly keySize: number; readonly publicKeyDer: string; readonly tests: readonly Vector[] }[];
}

function vectorsOf(name: string): VectorFile {
  return JSON.parse(readFileSync(join(VECTORS, name), 'utf8')) as VectorFile;
}

/** Numbers of the vectors on which we and Wycheproof are of different opinion, and how many were tried. */
function disagreements(file: VectorFile, accepts: (vector: Vector, group: VectorFile['testGroups'][number]) => boolean) {
  const tried = file.testGroups.flatMap((group) => group.tests.map((vector) => ({ tcId: vector.tcId, differs: accepts(vector, group) !== (vector.result === 'valid') })));
  return { tried: tried.length, wrong: tried.filter(({ differs }) => differs).map(({ tcId }) => tcId) };
}

test('AES-CMAC agrees with every vector of Wycheproof', ({ skip }) => {
  skip(!existsSync(VECTORS), WITHOUT_VECTORS);
  const file = vectorsOf('aes_cmac_test.json');
  const result = disagreements(file, ({ key, msg, tag }, { keySize }) => {
    if (![128, 192, 256].includes(keySize)) {
      expect(() => aesCmac(bytes(key), bytes(msg))).toThrow();
      return false;
    }
    return sameSecret(aesCmac(bytes(key), bytes(msg)), bytes(tag));
  });
  expect(result).toEqual({ tried: 311, wrong: [] });
});

test('AES-CBC, with the padding of PKCS #5 added here, agrees with every vector of Wycheproof', ({ skip }) => {
  skip(!existsSync(VECTORS), WITHOUT_VECTORS);
  const file = vectorsOf('aes_cbc_pkcs5_test.json');
  const result = disagreements(file, ({ key, iv, msg, ct }) => {
    const message = bytes(msg);
    const fill = 16 - (message.length % 16);
    const encrypted = aesCbcEncrypt(bytes(key), bytes(iv), Uint8Array.from([...message, ...Array.from({ length: fill }, () => fill)]));
    const decrypted = ct.length > 0 && ct.length % 32 === 0 ? withoutPkcs5(aesCbcDecrypt(bytes(key), bytes(iv), bytes(ct))) : undefined;
    return hex(encrypted) === ct && decrypted !== undefined && hex(decrypted) === msg;
  });
  expect(result).toEqual({ tried: 216, wrong: [] });
});

function withoutPkcs5(data: Uint8Array): Uint8Array | undefined {
  const fill = data.at(-1)!;
  const right = fill >= 1 && fill <= 16 && data.slice(-fill).every((byte) => byte === fill);
  return right ? data.slice(0, -fill) : undefined;
}

test('Ed25519 of the runtime agrees with every vector of Wycheproof', ({ skip }) => {
  skip(!existsSync(VECTORS), WITHOUT_VECTORS);
  const file = vectorsOf('ed25519_test.json');
  const result = disagreements(file, ({ msg, sig }, { publicKeyDer }) => {
    const publicKey = createPublicKey({ key: Buffer.from(publicKeyDer, 'hex'), format: 'der', type: 'spki' });
    return verify(null, bytes(msg), publicKey, bytes(sig));
  });
  expect(result).toEqual({ tried: 151, wrong: [] });
});
