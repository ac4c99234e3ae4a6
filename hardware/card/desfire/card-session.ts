/**
 * One piece of work with an authenticated card, and the judgement on a card that does not prove what it should.
 *
 * A card is not judged by one bad answer, which may have been spoilt on the way: the work, which only reads, is then done once more from
 * the selection on. What is wrong the second time as well is held against the card: a wrong proof, or a key refused although its version
 * is ours, is `not-genuine`; any other refusal means that the card is not laid out as it says, `inconsistent`. Bytes that are no answer
 * at all prove nothing, however often they come: then the card counts as moved and must be laid down again.
 */
import { APPLICATION_NAME, KEY } from './layout.ts';
import { INS, STATUS, exchange, type CardLink, type Gone } from './native-commands.ts';
import { parseResponse, selectByName, STATUS as ISO_STATUS, type CommandApdu } from '../apdu.ts';
import type { DesfireCardKeys } from '../card-keys.ts';
import type { NoKey, Suspicion } from '../stored-value.ts';
import { authenticate, type SecureSession, type SessionFailure } from './secure-messaging.ts';

export interface Card extends CardLink {
  readonly keys: DesfireCardKeys;
  readonly random: (bytes: number) => Uint8Array;
}

/** Something is wrong with the card, or with us; nothing was done. */
export type Trouble = Gone | NoKey | { readonly kind: 'suspect'; readonly why: Suspicion };

/** What work in a session may end with: its result, a failure of the session, or a contradiction in what was read. */
export type Worked<Result> = { readonly kind: 'done'; readonly result: Result } | SessionFailure | { readonly kind: 'contradiction' };

/** As `Worked`, and what may happen before there is a session. */
type Attempted<Result> = Worked<Result> | { readonly kind: 'key-refused'; readonly status: number };

/** SELECT our application by its whole name. */
export const SELECT_TOWN_CARD: CommandApdu = selectByName(APPLICATION_NAME, 'nothing');

/**
 * SELECT our application by name. One round trip; ends any session.
 * @returns `no` when the card has no such application; `card-moved` when what came back was no answer
 */
export async function selectDesfireApplication(reader: CardLink['reader'], generation: number): Promise<'yes' | 'no' | Gone['kind']> {
  const result = await reader.transmit(generation, SELECT_TOWN_CARD);
  if (result.kind !== 'answered') return result.kind;
  const response = parseResponse(result.response);
  if (response.kind === 'malformed') return 'card-moved';
  return response.status === ISO_STATUS.ok ? 'yes' : 'no';
}

/**
 * Authenticates and does `work`, which must not change the card; on doubt all of it once more.
 * The application is expected to be selected, as it is after recognition.
 */
export async function inSession<Result>(
  card: Card,
  role: 'spend' | 'load',
  work: (session: SecureSession) => Promise<Worked<Result>>,
): Promise<{ readonly kind: 'done'; readonly result: Result } | Trouble> {
  const key = card.keys[role];
  if (key === undefined) return { kind: 'no-key', why: 'not-here' };
  const attempt = async (): Promise<Attempted<Result>> => {
    const started = await authenticate(card, KEY[role], key, card.random);
    if (started.kind === 'refused') return { kind: 'key-refused', status: started.status };
    return started.kind === 'session' ? await work(started.session) : started;
  };
  const first = await attempt();
  if (isSettled(first)) return first;
  const selected = await selectDesfireApplication(card.reader, card.generation);
  // It was there before: a "no" is an answer that was spoilt as well, or another card.
  if (selected !== 'yes') return { kind: selected === 'no' ? 'card-moved' : selected };
  const second = await attempt();
  return isSettled(second) ? second : await judge(card, role, second);
}

type Settled<Result> = Extract<Attempted<Result>, Gone | { readonly kind: 'done' }>;

function isSettled<Result>(attempted: Attempted<Result>): attempted is Settled<Result> {
  return attempted.kind === 'done' || attempted.kind === 'card-moved' || attempted.kind === 'reader-lost';
}

async function judge(card: Card, role: 'spend' | 'load', failure: Exclude<Attempted<unknown>, Settled<unknown>>): Promise<Trouble> {
  switch (failure.kind) {
    case 'garbled':
      return { kind: 'card-moved' };
    case 'wrong-proof':
      return { kind: 'suspect', why: 'not-genuine' };
    case 'contradiction':
      return { kind: 'suspect', why: 'inconsistent' };
    case 'key-refused':
      if (failure.status === STATUS.authenticationDelay) return { kind: 'card-moved' };
      if (failure.status === STATUS.authenticationError) return await judgeRefusedKey(card, role);
      return { kind: 'suspect', why: 'inconsistent' };
    case 'refused':
      // Our MAC is wrong for the card although both sides have proved the same key: somebody between changes what is sent.
      return { kind: 'suspect', why: failure.status === STATUS.integrityError ? 'not-genuine' : 'inconsistent' };
  }
}

/** A card that was re-keyed since our keys were made is no forgery: our keys are just not those of this card any more. */
async function judgeRefusedKey(card: Card, role: 'spend' | 'load'): Promise<Trouble> {
  const answer = await exchange(card, INS.getKeyVersion, Uint8Array.of(KEY[role]));
  if (answer.kind === 'garbled') return { kind: 'card-moved' };
  if (answer.kind !== 'answered') return answer;
  const sameVersion = answer.status === STATUS.ok && answer.data.length === 1 && answer.data[0] === card.keys.version;
  const otherVersion = answer.status === STATUS.ok && !sameVersion;
  return otherVersion ? { kind: 'no-key', why: 'not-here' } : { kind: 'suspect', why: 'not-genuine' };
}
