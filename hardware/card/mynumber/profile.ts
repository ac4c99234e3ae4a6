/**
 * What one generation of the My Number card is made of: applications, files, PIN policy, algorithm. Everything the kiosk may do with the
 * card is derived from this list, so a file that does not stand here does not exist for the kiosk. The next generation (about 2028:
 * ECDSA P-384, other applications) becomes another object of this shape.
 *
 * Must never list a file from which the twelve digits can be had. `refuseForbidden` holds that list a second time, on purpose.
 *
 * Names and numbers of applications and files: measured on test cards and in OpenSC's jpki.h.
 */

export type FileRole =
  | { readonly kind: 'readable' }
  /** A PIN of exactly so many digits. */
  | { readonly kind: 'pin'; readonly digits: number }
  | { readonly kind: 'signature-key' };

export interface ListedFile {
  /** Two bytes as one number. */
  readonly id: number;
  readonly role: FileRole;
}

export interface ListedApplication {
  /** The whole name. The card also accepts beginnings of it and then chooses by itself, so a beginning is never sent. */
  readonly aid: Uint8Array;
  readonly files: readonly ListedFile[];
}

export interface SignatureProfile {
  readonly hash: 'sha256';
  /** What stands before the hash in the signed data (PKCS #1, DigestInfo). */
  readonly digestInfo: Uint8Array;
  readonly hashLength: number;
  readonly signatureLength: number;
}

/** The secrets a resident may enter. 照合番号A, which is the number itself, is not one of them. */
export type PinName = 'authentication-pin' | 'attributes-pin' | 'verification-number-b';

/** Where a blocked secret is given new tries: the holder goes there in person, with the card. The signing password, which is none of ours, could also be reset elsewhere. */
export type UnblockingPlace = 'municipal-office';

export interface FileOf {
  readonly application: ListedApplication;
  readonly file: ListedFile;
}

export interface MyNumberProfile {
  readonly applications: readonly ListedApplication[];
  /** Selected before and after everything: it makes the card forget what was verified in another application. */
  readonly neutral: ListedApplication;
  /** Starts with a label, padded with spaces to 32 bytes, that says which kind of card has the application. */
  readonly tokenInformation: FileOf;
  readonly label: string;
  readonly certificate: FileOf;
  readonly authority: FileOf;
  readonly signatureKey: FileOf;
  readonly attributes: FileOf;
  readonly pins: Readonly<Record<PinName, FileOf & { readonly digits: number; readonly unblockedAt: UnblockingPlace }>>;
  readonly signature: SignatureProfile;
}

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const readable = (id: number): ListedFile => ({ id, role: { kind: 'readable' } });
const pin = (id: number, digits: number): ListedFile => ({ id, role: { kind: 'pin', digits } });

const tokenInformation = readable(0x0006);
const certificate = readable(0x000a);
const authority = readable(0x000b);
const signatureKey: ListedFile = { id: 0x0017, role: { kind: 'signature-key' } };
const authenticationPin = pin(0x0018, 4);
/** 公的個人認証AP. */
const JPKI: ListedApplication = {
  aid: bytes('D392F000260100000001'),
  files: [tokenInformation, certificate, authority, signatureKey, authenticationPin],
};

const attributes = readable(0x0002);
const attributesPin = pin(0x0011, 4);
const verificationNumberB = pin(0x0015, 14);
/** 券面事項入力補助AP. Holds the number as well, in a file that is not listed. */
const TEXT: ListedApplication = {
  aid: bytes('D3921000310001010408'),
  files: [attributes, attributesPin, verificationNumberB],
};

/** The GlobalPlatform issuer security domain, current after power-on. Nothing in it is used. */
const ISSUER_SECURITY_DOMAIN: ListedApplication = { aid: bytes('A0000001510000'), files: [] };

/** The card issued since 2016. */
export const FIRST_GENERATION: MyNumberProfile = {
  applications: [JPKI, TEXT, ISSUER_SECURITY_DOMAIN],
  neutral: ISSUER_SECURITY_DOMAIN,
  tokenInformation: { application: JPKI, file: tokenInformation },
  label: 'JPKIAPICCTOKEN2',
  certificate: { application: JPKI, file: certificate },
  authority: { application: JPKI, file: authority },
  signatureKey: { application: JPKI, file: signatureKey },
  attributes: { application: TEXT, file: attributes },
  pins: {
    'authentication-pin': { application: JPKI, file: authenticationPin, digits: 4, unblockedAt: 'municipal-office' },
    'attributes-pin': { application: TEXT, file: attributesPin, digits: 4, unblockedAt: 'municipal-office' },
    'verification-number-b': { application: TEXT, file: verificationNumberB, digits: 14, unblockedAt: 'municipal-office' },
  },
  signature: { hash: 'sha256', digestInfo: bytes('3031300D060960864801650304020105000420'), hashLength: 32, signatureLength: 256 },
};

/** Files of the text application that lead to the number: itself, the hashes of a space that can be searched through, 照合番号A. */
const FORBIDDEN_FILES_OF_TEXT: readonly number[] = [0x0001, 0x0003, 0x0014];
/** 券面AP (an image of the number), 住基AP and 共通カードAP (an identifier for life): wholly forbidden. */
const FORBIDDEN_APPLICATIONS: readonly Uint8Array[] = ['D3921000310001010402', 'D3921000310001010401', 'D3921000310001010100'].map(bytes);

/**
 * A second lock on the list above, for the day somebody adds to it.
 * @throws Error when the profile lists what leads to the twelve digits
 */
export function refuseForbidden(profile: MyNumberProfile): void {
  for (const { aid, files } of profile.applications) {
    // Also a beginning of a forbidden name, which the card would accept for it.
    const leadsTo = (name: Uint8Array) => aid.every((byte, index) => name[index] === byte);
    if (FORBIDDEN_APPLICATIONS.some(leadsTo)) throw new Error('The profile lists an application that must never be selected');
    if (leadsTo(TEXT.aid) && files.some(({ id }) => FORBIDDEN_FILES_OF_TEXT.includes(id))) {
      throw new Error('The profile lists a file that must never be selected');
    }
  }
}
