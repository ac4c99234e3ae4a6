/**
 * A test hierarchy of the shape of JPKI's, made anew wherever it is needed: two self-signed authorities (user authentication, digital
 * signature) and the holder's certificate of each. All of it says O=JPKI-TEST: production must refuse it. None of its keys is ever kept
 * in the repository.
 */
import { X509Certificate, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { alternativeNames, authorityKeyIdentifier, basicConstraintsOfAuthority, certificateOf, certificatePolicy, keyUsage, subjectKeyIdentifier, type Name } from './certificate.ts';
import { KAKUU_HANAKO, type Holder } from './holder.ts';

export type Purpose = 'authentication' | 'signature';

interface Credential {
  /** DER. */
  readonly certificate: Uint8Array;
  readonly key: KeyObject;
}
/** What the card carries for one purpose: the holder's certificate and its key, and beside them the authority's certificate, DER. */
type CardCredential = Credential & { readonly authority: Uint8Array };
export type CardIdentity = Readonly<Record<Purpose, CardCredential>>;
export type TestHierarchy = Readonly<Record<Purpose, Credential>>;

/**
 * `expired`: good until yesterday. `foreign`: issued by another authority that calls itself the same and lies on the card as well.
 * `self-signed`: the holder's own key vouches for it.
 */
export type IdentityVariant = 'good' | 'expired' | 'foreign' | 'self-signed';

export interface TestHierarchyOptions {
  /** Where to keep what was made, so that it lasts; nothing is kept without it. A key takes some 100 ms to make. */
  readonly directory?: string;
  /** The moment at which what is good is good. Default now. */
  readonly at?: Date;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const YEAR_MS = 365 * DAY_MS;
const USAGE = { digitalSignature: 0, nonRepudiation: 1, keyCertSign: 5, cRLSign: 6 } as const;
const PURPOSES = {
  authentication: { title: 'user authentication', policy: '1.2.392.200149.8.5.1.3.30', usage: [USAGE.digitalSignature] },
  signature: { title: 'digital signature', policy: '1.2.392.200149.8.5.1.1.20', usage: [USAGE.digitalSignature, USAGE.nonRepudiation] },
} as const;
/** What JPKI says of a person in the signing certificate, each under a number: 1 name, 3 sex, 4 birth, 5 address. */
const PERSON = '1.2.392.200149.8.5.5';

/** The two authorities. */
export function testHierarchy(options: TestHierarchyOptions = {}): TestHierarchy {
  const authority = (purpose: Purpose) => kept(options.directory, `${purpose}-authority`, () => newAuthority(purpose, options.at ?? new Date()));
  return { authentication: authority('authentication'), signature: authority('signature') };
}

/** A card's certificates: new ones with new keys, unless they were kept. */
export function issueIdentity(
  hierarchy: TestHierarchy,
  options: TestHierarchyOptions & { readonly variant?: IdentityVariant; readonly holder?: Holder } = {},
): CardIdentity {
  const { variant = 'good', at = new Date(), holder = KAKUU_HANAKO, directory } = options;
  const issue = (purpose: Purpose): CardCredential => {
    const issuer = variant === 'foreign' ? kept(directory, `${purpose}-foreign-authority`, () => newAuthority(purpose, at)) : hierarchy[purpose];
    return { ...kept(directory, `${purpose}-${variant}`, () => newLeaf(purpose, issuer, variant, holder, at)), authority: issuer.certificate };
  };
  return { authentication: issue('authentication'), signature: issue('signature') };
}

export function pemOf(certificate: Uint8Array): string {
  return new X509Certificate(certificate).toString();
}

function newAuthority(purpose: Purpose, at: Date): Credential {
  const { publicKey, privateKey } = newKeys();
  const name = authorityName(purpose);
  const certificate = certificateOf({
    serial: newSerial(),
    issuer: name,
    subject: name,
    notBefore: new Date(at.getTime() - 2 * YEAR_MS),
    notAfter: new Date(at.getTime() + 8 * YEAR_MS),
    publicKey,
    signingKey: privateKey,
    extensions: [basicConstraintsOfAuthority(), keyUsage(USAGE.keyCertSign, USAGE.cRLSign), subjectKeyIdentifier(publicKey)],
  });
  return { certificate, key: privateKey };
}

function newLeaf(purpose: Purpose, issuer: Credential, variant: IdentityVariant, holder: Holder, at: Date): Credential {
  const { publicKey, privateKey } = newKeys();
  const { policy, usage } = PURPOSES[purpose];
  // The real ones carry an opaque code and nothing else of the person.
  const subject = [['C', 'JP'], ['CN', randomBytes(13).toString('hex').toUpperCase()]] as const;
  const signingKey = variant === 'self-signed' ? privateKey : issuer.key;
  const end = variant === 'expired' ? at.getTime() - DAY_MS : at.getTime() + 4 * YEAR_MS;
  const certificate = certificateOf({
    serial: newSerial(),
    subject,
    issuer: variant === 'self-signed' ? subject : authorityName(purpose),
    notBefore: new Date(end - 5 * YEAR_MS),
    notAfter: new Date(end),
    publicKey,
    signingKey,
    extensions: [
      keyUsage(...usage),
      certificatePolicy(policy),
      subjectKeyIdentifier(publicKey),
      authorityKeyIdentifier(createPublicKey(signingKey)),
      ...(purpose === 'signature' ? [alternativeNames(personOf(holder))] : []),
    ],
  });
  return { certificate, key: privateKey };
}

/** As JPKI's, but for the organisation. */
function authorityName(purpose: Purpose): Name {
  return [['C', 'JP'], ['O', 'JPKI-TEST'], ['OU', `JPKI for ${PURPOSES[purpose].title}`], ['OU', 'Japan Agency for Local Authority Information Systems']];
}

/** Birth is the era's number, 1 明治 to 5 令和, and the day. */
function personOf(holder: Holder): readonly (readonly [string, string])[] {
  const FIRST_DAYS_AFTER_MEIJI = ['19120730', '19261225', '19890108', '20190501'];
  const era = 1 + FIRST_DAYS_AFTER_MEIJI.filter((day) => holder.birth >= day).length;
  return [[`${PERSON}.1`, holder.name], [`${PERSON}.3`, holder.sex], [`${PERSON}.4`, `${era}${holder.birth}`], [`${PERSON}.5`, holder.address]];
}

function newKeys() {
  return generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 0x1_0001 });
}

function newSerial(): Uint8Array {
  const serial = Uint8Array.from(randomBytes(8));
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  return serial;
}

/** Makes what is not in the directory yet. Of two who make it at once, the first to be ready wins, and both take that one. */
function kept(directory: string | undefined, name: string, make: () => Credential): Credential {
  if (directory === undefined) return make();
  const file = path.join(directory, `${name}.pem`);
  if (!existsSync(file)) {
    const { certificate, key } = make();
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const unfinished = `${file}.${process.pid}`;
    writeFileSync(unfinished, `${pemOf(certificate)}${key.export({ type: 'pkcs8', format: 'pem' }).toString()}`, { mode: 0o600 });
    try {
      linkSync(unfinished, file);
    } catch (error) {
      if (!existsSync(file)) throw error;
    }
    rmSync(unfinished);
  }
  const pem = readFileSync(file);
  return { certificate: Uint8Array.from(new X509Certificate(pem).raw), key: createPrivateKey(pem) };
}
