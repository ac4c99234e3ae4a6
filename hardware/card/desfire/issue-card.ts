/**
 * Issues, re-keys and retires town cards, at the town office. Each begins by reading what is on the card and ends by reading it again: only
 * a card on which nothing is missing is called done. Torn at any command, each is simply done again. Must never run on a kiosk, and never
 * writes value: a card begins with nothing on it.
 */
import {
  FACTORY_VERSION,
  findOnCard,
  keyBehind,
  openSession,
  selectLevel,
  troubleOf,
  type CardFindings,
  type Found,
  type IssuedCard,
  type IssuingTrouble,
} from './card-findings.ts';
import { EMPTY_STATE, encodeState } from './card-state.ts';
import { replaceFactoryKey } from './factory-key.ts';
import { isRetired, planIssue, planRekey, type IssuePlan, type IssueStep } from './issue-plan.ts';
import {
  KEY_SETTINGS,
  LAID_OUT_FILES,
  changeKeySettings,
  changeOtherKey,
  changeOwnKey,
  createApplication,
  deleteApplication,
  type VersionedKey,
} from './issuing-commands.ts';
import { KEY, POCKET_SLOTS, VALUE_FILES } from './layout.ts';
import { INS } from './native-commands.ts';
import { STATE_RANGE } from './plan-operation.ts';
import type { SecureSession, SessionCommand } from './secure-messaging.ts';

export type IssueOutcome =
  /** The card is whole, with the keys of that version. `steps` is how many were missing. */
  | { readonly kind: 'done'; readonly steps: number }
  | Exclude<IssuePlan, { kind: 'steps' }>
  | IssuingTrouble;

/** Makes an empty card, or one on which issuing was torn, a town card with the keys of `version`. A card that is one already is left as it is. */
export function issueCard(card: IssuedCard, version: number): Promise<IssueOutcome> {
  return bringTo(card, version, planIssue);
}

/**
 * Gives a card that is out the keys of `version`; the issuer must have those that it has now. The key of the transaction MACs stays for the
 * card's life: the card can replace it only with its file, and with that its counter.
 */
export function rekeyCard(card: IssuedCard, version: number): Promise<IssueOutcome> {
  return bringTo(card, version, planRekey);
}

/** @throws RangeError when the version cannot be one: a bug in the caller */
async function bringTo(card: IssuedCard, version: number, plan: (found: CardFindings, version: number) => IssuePlan): Promise<IssueOutcome> {
  if (!Number.isInteger(version) || version < 1 || version > 255) throw new RangeError(`A key set version is 1 to 255, not ${version}`);
  const found = await findOnCard(card);
  if (found.kind !== 'found') return found;
  const missing = plan(found.result, version);
  if (missing.kind !== 'steps') return missing;
  if (missing.steps.length === 0) return { kind: 'done', steps: 0 };
  const work = new IssuingWork(card, version);
  for (const step of missing.steps) {
    const trouble = await work.carryOut(step);
    if (trouble) return trouble;
  }
  // What is believed of the card is what it says, not what was sent.
  const again = await findOnCard(card);
  if (again.kind !== 'found') return again;
  const left = plan(again.result, version);
  return left.kind === 'steps' && left.steps.length === 0 ? { kind: 'done', steps: missing.steps.length } : { kind: 'failed', doing: 'check', status: undefined };
}

/** Who must be proved for a step. */
type Authority = 'card' | 'master' | 'spend';

/** Carries steps out, one command each, and keeps a session open from one step to the next. */
class IssuingWork {
  readonly #card: IssuedCard;
  readonly #version: number;
  #open: { readonly authority: Authority; readonly version: number; readonly session: SecureSession } | undefined;

  constructor(card: IssuedCard, version: number) {
    this.#card = card;
    this.#version = version;
  }

  /** @returns what went wrong, if anything did */
  async carryOut(step: IssueStep): Promise<IssuingTrouble | undefined> {
    switch (step.kind) {
      case 'change-card-key':
        return await this.#changeCardKey(step);
      case 'create-application':
        return await this.#send('card', createApplication(), 'create the application');
      case 'change-key':
        return await this.#changeKey(step);
      case 'create-file':
        return await this.#createFile(step.number);
      case 'write-state':
        return await this.#writeState();
      case 'close-card':
        return await this.#send('card', changeKeySettings(), 'close the card');
    }
  }

  async #session(authority: Authority, version = this.#version): Promise<Found<SecureSession>> {
    if (this.#open?.authority === authority && this.#open.version === version) return { kind: 'found', result: this.#open.session };
    this.#open = undefined;
    const selected = await selectLevel(this.#card, authority === 'card' ? 'card' : 'application');
    if (selected.kind !== 'found') return selected;
    const session = await openSession(this.#card, authority, version);
    if (session.kind === 'found') this.#open = { authority, version, session: session.result };
    return session;
  }

  async #send(authority: Authority, command: SessionCommand, doing: string): Promise<IssuingTrouble | undefined> {
    const session = await this.#session(authority);
    if (session.kind !== 'found') return session;
    const answer = await session.result.transact(command);
    return answer.kind === 'ok' ? undefined : troubleOf(answer, doing);
  }

  async #changeCardKey({ from, type }: IssueStep & { readonly kind: 'change-card-key' }): Promise<IssuingTrouble | undefined> {
    const key = keyBehind(this.#card, 'card', this.#version);
    if (key.kind !== 'found') return key;
    const to = { key: key.result, version: this.#version };
    if (type === 'aes') return await this.#changeOwn('card', 0, from, to);
    const selected = await selectLevel(this.#card, 'card');
    if (selected.kind !== 'found') return selected;
    const sent = await replaceFactoryKey(this.#card, to, this.#card.random);
    return sent.kind === 'sent' ? undefined : troubleOf(sent, 'replace the factory key');
  }

  async #changeKey({ number, from }: IssueStep & { readonly kind: 'change-key' }): Promise<IssuingTrouble | undefined> {
    const owner = ownerOf(number);
    const [old, key] = [keyBehind(this.#card, owner, from), keyBehind(this.#card, owner, this.#version)];
    if (old.kind !== 'found') return old;
    if (key.kind !== 'found') return key;
    const to = { key: key.result, version: this.#version };
    if (number === KEY.master) return await this.#changeOwn('master', number, from, to);
    return await this.#send('master', changeOtherKey(number, old.result, to), `change the ${owner} key`);
  }

  /** The card answers to this without a MAC, so its answer says nothing; the next session, with the new key, does. */
  async #changeOwn(authority: Authority, number: number, from: number, to: VersionedKey): Promise<IssuingTrouble | undefined> {
    const session = await this.#session(authority, from);
    if (session.kind !== 'found') return session;
    this.#open = undefined;
    const answer = await session.result.transact(changeOwnKey(number, to));
    if (answer.kind !== 'ok' && answer.kind !== 'wrong-proof') return troubleOf(answer, `change the ${authority} key`);
    const proved = await this.#session(authority);
    return proved.kind === 'found' ? undefined : proved;
  }

  async #createFile(number: number): Promise<IssuingTrouble | undefined> {
    const file = LAID_OUT_FILES.find((each) => each.number === number);
    if (!file) throw new Error(`The layout has no file ${number}`);
    const keys = this.#card.issuer.keysOf(this.#card.uid, this.#version);
    if (!keys) return { kind: 'no-keys', key: 'master', version: this.#version };
    return await this.#send('master', file.create({ key: keys.transactionMac, version: this.#version }), `create file ${number}`);
  }

  async #writeState(): Promise<IssuingTrouble | undefined> {
    const write = { ins: INS.writeData, header: STATE_RANGE, data: encodeState(EMPTY_STATE) };
    return (await this.#send('spend', write, 'write the state')) ?? (await this.#send('spend', { ins: INS.commitTransaction }, 'commit the state'));
  }
}

function ownerOf(number: number): keyof typeof KEY {
  const [owner] = Object.entries(KEY).find(([, value]) => value === number) ?? [];
  if (owner === undefined) throw new Error(`The layout has no key ${number}`);
  return owner as keyof typeof KEY;
}

export type RetireOutcome =
  /** There is no town application on the card any more, and no value with it. `balances` is what was on it, by slot; empty when it was gone already. */
  | { readonly kind: 'retired'; readonly balances: readonly number[] }
  /** Value is on it and nobody said that it may be given up. */
  | { readonly kind: 'holds-value'; readonly balances: readonly number[] }
  /** There is nothing to retire: no application was ever finished on it. */
  | { readonly kind: 'not-issued' }
  | IssuingTrouble;

/**
 * Ends a card's life as a town card: its application is deleted, with everything in it, by one command. The card itself stays the issuer's,
 * closed to everybody else, and cannot be issued again.
 * @param giveUpValue staff have booked what is still on the card, and agree that it disappears from it
 */
export async function retireCard(card: IssuedCard, giveUpValue: boolean): Promise<RetireOutcome> {
  const found = await findOnCard(card);
  if (found.kind !== 'found') return found;
  const { application, keyVersion, settings } = found.result;
  if (isRetired(found.result)) return { kind: 'retired', balances: [] };
  if (application === 'absent' || keyVersion === FACTORY_VERSION) return { kind: 'not-issued' };
  const read = await readBalances(card, application.files, application.keyVersions[KEY.spend]!);
  if (read.kind !== 'found') return read;
  const balances = read.result;
  if (!giveUpValue && balances.some((balance) => balance > 0)) return { kind: 'holds-value', balances };
  const selected = await selectLevel(card, 'card');
  if (selected.kind !== 'found') return selected;
  const session = await openSession(card, 'card', keyVersion);
  if (session.kind !== 'found') return session;
  // A card whose issuing was torn is closed first, so that it is told from one whose issuing has just begun.
  for (const command of settings === KEY_SETTINGS ? [deleteApplication()] : [changeKeySettings(), deleteApplication()]) {
    const done = await session.result.transact(command);
    if (done.kind !== 'ok') return troubleOf(done, 'delete the application');
  }
  return { kind: 'retired', balances };
}

/** What the value files hold; those that a torn issuing has not made hold nothing. */
async function readBalances(card: IssuedCard, files: readonly number[], spendVersion: number): Promise<Found<readonly number[]>> {
  const selected = await selectLevel(card, 'application');
  if (selected.kind !== 'found') return selected;
  const session = await openSession(card, 'spend', spendVersion);
  if (session.kind !== 'found') return session;
  const balances: number[] = [];
  for (let slot = 0; slot < POCKET_SLOTS; slot += 1) {
    const number = VALUE_FILES.first + slot;
    if (!files.includes(number)) continue;
    const answer = await session.result.transact({ ins: INS.getValue, header: Uint8Array.of(number) });
    if (answer.kind !== 'ok') return troubleOf(answer, `read file ${number}`);
    if (answer.data.length !== 4) return { kind: 'failed', doing: `read file ${number}`, status: undefined };
    balances.push(Buffer.from(answer.data).readInt32LE(0));
  }
  return { kind: 'found', result: balances };
}
