/**
 * What `npm run cards` does with a card that lies on the reader: the card first, then the town's books, because a card that the town knows
 * and that is not made yet would be refused at every kiosk. When the books cannot be written, the card is as it should be, and the same
 * command finds it so.
 */
import { randomBytes } from 'node:crypto';
import { recordKeyVersion, registerCard, registrationRefused, type CardToRegister, type IdentifierSealing } from '../../backend/cards/register-card.ts';
import type { CardMasterKeys } from '../../backend/cards/master-keys.ts';
import type { BackendDatabase } from '../../backend/database/backend-database.ts';
import { detailOf } from '../../backend/log.ts';
import { diversifiedKey, identifierBytesFor } from '../../contract/diversified-key.ts';
import { MunicipalityId } from '../../contract/ids.ts';
import { isFelica } from '../../hardware/card/answer-to-reset.ts';
import type { IssuedCard } from '../../hardware/card/desfire/card-findings.ts';
import { issueCard, rekeyCard } from '../../hardware/card/desfire/issue-card.ts';
import { felicaReaderStyle, type FelicaReaderStyle } from '../../hardware/card/felica-lite-s/felica-channel.ts';
import { issueFelicaLiteS, type IssueOutcome } from '../../hardware/card/felica-lite-s/issue-felica-lite-s.ts';
import { recogniseCard } from '../../hardware/card/recognise-card.ts';
import type { CardReader } from '../../hardware/reader/card-reader.ts';
import { tellIssue, tellNoCard, type Told } from './card-answers.ts';
import type { ToRegister } from './card-words.ts';
import { issuerKeys } from './key-file.ts';
import { identifierOf, type Present } from './laid-down-card.ts';
import {
  ANYBODY_CAN_COPY,
  FELICA_STYLE_UNKNOWN,
  NOT_WRITTEN_ON,
  ONLY_PREPARED,
  bothTold,
  tellBooksUnusable,
  tellFelicaIssue,
  tellKeyVersionRecord,
  tellNotInBooks,
  tellNotLinkable,
  tellRegistration,
} from './registration-answers.ts';

/** A card on a reader that is held for this program. */
export interface CardOnReader {
  readonly reader: CardReader;
  readonly presence: Present;
}

type MadeCard =
  | { readonly kind: 'made'; readonly told: Told; /** The keys that it has now. */ readonly keyVersion: number }
  | { readonly kind: 'not-made'; readonly told: Told };

const random = (bytes: number) => Uint8Array.from(randomBytes(bytes));

export function issuedCard({ reader, presence }: CardOnReader, uid: Uint8Array, masters: CardMasterKeys): IssuedCard {
  return { reader, generation: presence.generation, uid, issuer: issuerKeys(masters), random };
}

export interface IssueOptions {
  readonly masters: CardMasterKeys;
  readonly felicaStyle: FelicaReaderStyle | undefined;
  /** Left out: the card is only prepared. */
  readonly register?: { readonly database: BackendDatabase; readonly accountId: ToRegister['accountId'] };
}

/** Makes the card a town card, whichever kind it is, and then registers it. One that could not be registered is not written on. */
export async function issueAndRegister(on: CardOnReader, { masters, felicaStyle, register }: IssueOptions): Promise<Told> {
  const profile = isFelica(on.presence.atr) ? 'felica-lite-s' : 'desfire';
  const style = felicaStyle ?? felicaReaderStyle(on.presence.reader);
  if (profile === 'felica-lite-s' && !style) return FELICA_STYLE_UNKNOWN;
  const asked = await identifierOf(on.reader, on.presence);
  if (asked.kind !== 'identifier') return tellNoCard(asked);
  const { identifier } = asked;
  const card = { municipalityId: MunicipalityId.parse(masters.municipality), identifier };
  if (register) {
    const { database, accountId } = register;
    const refused = await askBooks(database, { ...card, accountId, profile });
    if (refused) return bothTold(NOT_WRITTEN_ON, refused);
  }
  const made = profile === 'felica-lite-s' && style ? await makeFelica(on, identifier, masters, style) : await makeDesfire(on, identifier, masters, 'issue');
  if (made.kind === 'not-made') return made.told;
  if (!register) return bothTold(made.told, ONLY_PREPARED);
  return bothTold(made.told, await registered(register.database, { ...card, accountId: register.accountId, profile, keyVersion: made.keyVersion }, masters));
}

/** Gives a DESFire card the newest keys, and notes their version where the town knows the card. */
export async function rekeyAndRecord(on: CardOnReader, masters: CardMasterKeys, database: BackendDatabase): Promise<Told> {
  const asked = await identifierOf(on.reader, on.presence);
  if (asked.kind !== 'identifier') return tellNoCard(asked);
  const { identifier } = asked;
  const made = await makeDesfire(on, identifier, masters, 'rekey');
  if (made.kind === 'not-made') return made.told;
  const card = { municipalityId: MunicipalityId.parse(masters.municipality), identifier, profile: 'desfire', keyVersion: made.keyVersion } as const;
  return bothTold(made.told, await inBooks(async () => tellKeyVersionRecord(await recordKeyVersion(database, card, sealingWith(masters)))));
}

/**
 * Registers a card that proves nothing. Asks it no more than a kiosk does: a bank card or a My Number card not even for its identifier.
 * @param warn shown before anything is registered
 */
export async function linkCard({ reader, presence }: CardOnReader, database: BackendDatabase, { accountId, municipality }: ToRegister, warn: (text: string) => void): Promise<Told> {
  const recognised = await recogniseCard(reader, presence, {
    cardKeys: { keysOf: async () => ({ kind: 'unknown-card' }) },
    pocketNames: () => [],
    profileOf: () => undefined,
    random,
  });
  if (recognised.kind !== 'stored-value') return tellNotLinkable(recognised);
  const { profile, identifier } = recognised.card;
  if (profile !== 'plain-identifier') return tellNotLinkable({ kind: 'town-card' });
  warn(ANYBODY_CAN_COPY);
  return registered(database, { municipalityId: municipality, identifier, accountId, profile, keyVersion: null });
}

/** @returns why the card must not be written on yet */
async function askBooks(database: BackendDatabase, card: Parameters<typeof registrationRefused>[1]): Promise<Told | undefined> {
  try {
    const refused = await registrationRefused(database, card);
    return refused && tellRegistration(refused, card.accountId);
  } catch (error) {
    return tellBooksUnusable(detailOf(error));
  }
}

/** Registers a card that is made. @param masters of a card that has keys: they can then be given to kiosks before it is laid down */
export function registered(database: BackendDatabase, card: CardToRegister, masters?: CardMasterKeys): Promise<Told> {
  return inBooks(async () => tellRegistration(await registerCard(database, card, masters && sealingWith(masters)), card.accountId));
}

const sealingWith = (masterKeys: CardMasterKeys): IdentifierSealing => ({ masterKeys, randomness: { bytes: random } });

/** Whatever fails here, the card is made already: the person must hear that, and what to do, and not only what failed. */
async function inBooks(work: () => Promise<Told>): Promise<Told> {
  try {
    return await work();
  } catch (error) {
    return tellNotInBooks(detailOf(error));
  }
}

async function makeDesfire(on: CardOnReader, uid: Uint8Array, masters: CardMasterKeys, task: 'issue' | 'rekey'): Promise<MadeCard> {
  const keyVersion = masters.versions[0]!;
  const outcome = await (task === 'issue' ? issueCard : rekeyCard)(issuedCard(on, uid, masters), keyVersion);
  const told = tellIssue(outcome, task, keyVersion);
  return outcome.kind === 'done' ? { kind: 'made', told, keyVersion } : { kind: 'not-made', told };
}

/** With the newest keys; a card that was locked with older ones of ours is whole as it is. */
async function makeFelica({ reader, presence }: CardOnReader, idm: Uint8Array, masters: CardMasterKeys, style: FelicaReaderStyle): Promise<MadeCard> {
  if (idm.length !== identifierBytesFor('felica-card')) return { kind: 'not-made', told: tellNoCard({ kind: 'no-identifier' }) };
  let outcome: IssueOutcome = { kind: 'not-blank' };
  let keyVersion = masters.versions[0]!;
  for (const version of masters.versions) {
    const keys = { profile: 'felica-lite-s', version, card: diversifiedKey(masters.master(version)!, 'felica-card', idm) } as const;
    outcome = await issueFelicaLiteS(reader, presence, idm, { keysOf: async () => ({ kind: 'keys', keys }) }, { style, random });
    keyVersion = version;
    if (outcome.kind !== 'not-blank') break;
  }
  const told = tellFelicaIssue(outcome, keyVersion);
  return outcome.kind === 'issued' ? { kind: 'made', told, keyVersion } : { kind: 'not-made', told };
}
