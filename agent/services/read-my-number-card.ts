/**
 * Use case: a My Number card lies on the reader and its holder wants it read for a procedure. Two steps with the person between them: how often
 * each secret may still be tried, then one entry of theirs and what it opens. Each step is a session of its own (my-number-session.ts), so
 * nothing stays verified while somebody thinks.
 *
 * Gives back what a form asks for and nothing else. Nothing of it is logged or written down, and no entry is ever sent a second time.
 */
import { cardRefOf } from '../../contract/card-ref.ts';
import { Answer } from '../../contract/procedure/answers.ts';
import type { Visit } from '../../contract/procedure/answering.ts';
import type { KnownFact } from '../../contract/procedure/procedure.ts';
import type { BasicAttributes } from '../../hardware/card/mynumber/basic-attributes.ts';
import type { OpenedMyNumberCard } from '../../hardware/card/mynumber/my-number-card.ts';
import { withMyNumberSession } from '../../hardware/card/mynumber/my-number-session.ts';
import type { PinEntry } from '../../hardware/card/mynumber/pin-entry.ts';
import type { PinOutcome, Tries } from '../../hardware/card/mynumber/pin-verification.ts';
import type { PinName } from '../../hardware/card/mynumber/profile.ts';
import { recogniseCard } from '../../hardware/card/recognise-card.ts';
import type { CardPresence } from '../../hardware/reader/card-reader.ts';
import type { Ports } from '../ports.ts';

/** By the four digits its holder chose, or by the three numbers printed on it (照合番号B). */
export type WayToOpen = 'pin' | 'printed';
/** Which PIN: the one that opens the four attributes, or the one of the user-authentication key. The latter has no other way. */
export type MyNumberUse = 'attributes' | 'link';

/** What its holder can still do; undefined for a way that this use does not have. `blocked` is undone at the town's counter alone. */
export type WaysToOpen = Readonly<Partial<Record<WayToOpen, number | 'blocked'>>>;

/** Why nothing came of it, for every use of the card. */
export type MyNumberTrouble =
  /** Also when another one lies there now. */
  | { readonly kind: 'card-moved' }
  | { readonly kind: 'reader-lost' }
  /** It is no My Number card, or one of a kind that this program does not know. Nothing was read of it. */
  | { readonly kind: 'other-card' }
  /** It answers, and not as it should. */
  | { readonly kind: 'unreadable' };

export type MyNumberLook =
  | { readonly kind: 'my-number'; readonly ways: WaysToOpen }
  /** A card of the town: most likely the one its holder came with. */
  | { readonly kind: 'towns-card' }
  | MyNumberTrouble;

/** What a person entered, and whether they were told that it is the last try. */
export interface EntryMade {
  readonly way: WayToOpen;
  readonly entry: PinEntry;
  readonly warnedOfLastTry: boolean;
}

/** What became of an entry that opened nothing. */
export type NotOpened =
  | { readonly kind: 'wrong'; readonly tries: number }
  | { readonly kind: 'locked' }
  /** One try is left and the person was not told. Nothing was sent. */
  | { readonly kind: 'last-try' }
  /** It was sent and the answer was lost: whether it cost a try, the card says when it is asked again. */
  | { readonly kind: 'unsure' }
  | MyNumberTrouble;

/** What a procedure may take from the card. */
export type KnownOfCard = Pick<Visit['known'], Extract<KnownFact, 'name' | 'address' | 'birthday'>>;
export type ReadMyNumberResult = { readonly kind: 'read'; readonly known: KnownOfCard } | NotOpened;

const PIN_OF: Readonly<Record<MyNumberUse, Readonly<Partial<Record<WayToOpen, PinName>>>>> = {
  attributes: { pin: 'attributes-pin', printed: 'verification-number-b' },
  link: { pin: 'authentication-pin' },
};

type Placed = Extract<CardPresence, { kind: 'present' }>;
type ReaderPort = Pick<Ports, 'reader'>;

/** Recognises the card as every card is recognised, so that a bank card or somebody's other card is asked nothing more, and then asks for its tries. */
export async function lookAtMyNumberCard(presence: Placed, use: MyNumberUse, ports: Pick<Ports, 'reader' | 'cardKeys' | 'randomness'> & { readonly ledger: Pick<Ports['ledger'], 'lookupCard'>; readonly cardKey: Uint8Array }): Promise<MyNumberLook> {
  const { reader, cardKey, cardKeys, ledger, randomness } = ports;
  // Which kind of the town's cards it would be matters to nobody here.
  const recognised = await recogniseCard(reader, presence, { cardKeys, pocketNames: () => [], profileOf: () => undefined, random: (length) => randomness.bytes(length) });
  if (recognised.kind === 'card-moved' || recognised.kind === 'reader-lost') return recognised;
  if (recognised.kind === 'stored-value' && ledger.lookupCard(cardRefOf(cardKey, recognised.card.identifier)).kind !== 'unknown') return { kind: 'towns-card' };
  if (recognised.kind !== 'my-number') return { kind: 'other-card' };
  return inSession(presence, ports, async (card): Promise<MyNumberLook> => {
    const ways: { -readonly [Way in keyof WaysToOpen]: WaysToOpen[Way] } = {};
    for (const [way, pin] of Object.entries(PIN_OF[use]) as Array<[WayToOpen, PinName]>) {
      const tries = await card.triesLeft(pin);
      // A way that the card does not have is not offered.
      if (tries.kind === 'not-on-card') continue;
      if (tries.kind !== 'left' && tries.kind !== 'blocked') return troubleOf(tries);
      ways[way] = tries.kind === 'left' ? tries.tries : 'blocked';
    }
    return Object.keys(ways).length === 0 ? { kind: 'unreadable' } : { kind: 'my-number', ways };
  });
}

/** Sends the entry once, if at all, and reads what it opened. */
export async function readMyNumberCard(presence: Placed, made: EntryMade, ports: ReaderPort): Promise<ReadMyNumberResult> {
  return openMyNumberCard(presence, 'attributes', made, ports, async (card): Promise<ReadMyNumberResult> => {
    const read = await card.readAttributes();
    return read.kind === 'attributes' ? { kind: 'read', known: knownOf(read.attributes) } : troubleOf(read);
  });
}

/** Sends the entry once, if at all, and does with the opened card what `work` does, in the same session. The entry is zeroed whatever happens. */
export async function openMyNumberCard<T extends { readonly kind: string }>(
  presence: Placed,
  use: MyNumberUse,
  { way, entry, warnedOfLastTry }: EntryMade,
  ports: ReaderPort,
  work: (card: OpenedMyNumberCard) => Promise<T>,
): Promise<T | NotOpened> {
  try {
    const pin = PIN_OF[use][way];
    if (!pin) return { kind: 'unreadable' };
    return await inSession(presence, ports, async (card): Promise<T | NotOpened> => {
      const outcome = await card.verifyPin(pin, entry, { warnedOfLastTry });
      return outcome.kind === 'verified' ? work(card) : notOpened(outcome);
    });
  } finally {
    entry.discard();
  }
}

/** A session that first makes sure what lies there: the question costs little, and a PIN goes to nothing else. */
async function inSession<T>(presence: Placed, { reader }: ReaderPort, work: (card: OpenedMyNumberCard) => Promise<T>): Promise<T | MyNumberTrouble> {
  const session = await withMyNumberSession(reader, presence, async (card): Promise<T | MyNumberTrouble> => {
    const found = await card.detect();
    switch (found.kind) {
      case 'my-number':
        return work(card);
      case 'other-kind':
        return { kind: 'other-card' };
      default:
        return troubleOf(found);
    }
  });
  if (session.kind === 'done') return session.value;
  return session.kind === 'in-use' ? { kind: 'unreadable' } : session;
}

function notOpened(outcome: Exclude<PinOutcome, { kind: 'verified' }>): NotOpened {
  switch (outcome.kind) {
    case 'wrong':
    case 'last-try':
      return outcome;
    case 'blocked':
      return { kind: 'locked' };
    case 'unknown':
      return { kind: 'unsure' };
    // Not the right number of digits: the window does not send that.
    case 'not-possible':
      return { kind: 'unreadable' };
    default:
      return troubleOf(outcome);
  }
}

function troubleOf({ kind }: { readonly kind: Exclude<Tries['kind'], 'left' | 'blocked'> | 'locked' | 'malformed' | 'not-on-card' | 'refused' }): MyNumberTrouble {
  return kind === 'card-moved' || kind === 'reader-lost' ? { kind } : { kind: 'unreadable' };
}

/** What no form takes (a name of more characters than any register knows) is left out, and asked for instead. */
function knownOf({ name, address, birthDate }: BasicAttributes): KnownOfCard {
  const said = { name, address: { written: address }, ...(birthDate === null ? {} : { birthday: birthDate }) };
  return Object.fromEntries(Object.entries(said).filter(([, answer]) => Answer.safeParse(answer).success));
}
