/**
 * What must be true at the end of every case: the operation happened once or not at all, and card, books, journal and slip say the same;
 * nothing that moves value was sent twice; no card was stopped because it was torn; cash that was counted in is its customer's until the set
 * is received; nobody said what is not so.
 */
import type { OperationId } from '../../../contract/ids.ts';
import type { Kiosk } from './kiosk.ts';
import type { Amounts, Recorded, Tapped } from './kiosk-words.ts';
import { LOST } from './pockets.ts';
import { amountsAfter, sameAmounts, type Subject, type TestCard } from './subject.ts';
import type { CaseParts } from './tearing-world.ts';
import type { CommandThread } from './torn-reader.ts';

export interface Ended extends CaseParts {
  readonly subject: Subject;
  readonly thread: CommandThread;
  /** The tap in which the operation was tried. */
  readonly operated: Tapped | undefined;
  /** The last tap, which nothing disturbed. */
  readonly shown: Tapped | undefined;
  readonly expectation: 'must-happen' | 'may-happen';
}

export async function judge(ended: Ended): Promise<string[]> {
  const { card, otherCard, here, operated, shown, subject, expectation } = ended;
  const faults: string[] = [];
  const expect = (holds: boolean, sentence: string): void => {
    if (!holds) faults.push(sentence);
  };

  const kiosks = kiosksOf(ended);
  const prepared = kiosks.flatMap((kiosk) => kiosk.prepared(card));
  expect(prepared.length <= 1 || isDueByItself(subject), `${prepared.length} operations were written down, not one`);
  const recorded = kiosks.flatMap((kiosk) => kiosk.recorded(card));
  const wanted = amountsAfter(card.opening, subject.movements);
  const verdict = await card.verdict(prepared);
  if (verdict.kind === 'wrong') faults.push(verdict.what);
  const done = verdict.kind === 'nothing-to-see' ? recorded.find(({ evidence }) => evidence.length > 0)?.operationId : verdict.kind === 'once' ? verdict.operationId : undefined;
  const happened = done !== undefined;
  const right = happened ? wanted : card.opening;

  expect(happened || expectation === 'may-happen', 'The operation did not happen although nothing disturbed it');
  expect(happened || subject.deed !== 'expire', 'What is past its last day is still there');
  expect(happened || subject.deed !== 'sale' || !here.cashOf(card), 'The set that was paid for was not received when the card came back');
  for (const kiosk of kiosks) {
    const open = kiosk.recorded(card).filter((operation) => operation.open);
    expect(open.length === 0, `The kiosk ${kiosk.name} still has the movement open`);
    const why = kiosk.stopped(card) ?? kiosk.stopped(otherCard);
    expect(why === undefined, `The kiosk ${kiosk.name} stopped a card that was only torn: ${why}`);
    expect(sameAmounts(kiosk.books(card), right), `The books of the kiosk ${kiosk.name} say ${say(kiosk.books(card))}; it is ${say(right)}`);
    const left = subject.deed === 'transfer' && !happened ? LOST : {};
    expect(sameAmounts(kiosk.lost(), left), `The lost card's account has ${say(kiosk.lost())} at the kiosk ${kiosk.name}; it is ${say(left)}`);
    const received = kiosk.cashOf(card)?.received;
    expect(received === undefined || received === (subject.deed === 'void' ? !happened : happened), `The set is ${received ? '' : 'not '}received at the kiosk ${kiosk.name}`);
  }
  faults.push(...cashFaults(ended), ...postingFaults(recorded, card, done), ...saidFaults(operated, done, wanted));
  faults.push(...slipFaults(shown, right, wanted, subject.deed.startsWith('grant') && !happened ? 1 : 0), ...repeated(ended));
  expect(sameAmounts(here.books(otherCard), otherCard.opening), 'The other card’s holder has another amount than before');
  const other = await otherCard.verdict([]);
  expect(other.kind === 'not-at-all' || other.kind === 'nothing-to-see', 'The other card was changed');
  return faults;
}

const kiosksOf = ({ here, there }: CaseParts): readonly Kiosk[] => (there ? [here, there] : [here]);

/** What did not happen is then tried anew by the kiosk itself, as another operation. */
const isDueByItself = ({ deed }: Subject): boolean => deed === 'sale' || deed === 'expire';

/** At every moment: what was counted in is whole its customer's claim, or wanted by what is open, or the set was received. */
export function cashFaults(parts: CaseParts): string[] {
  return kiosksOf(parts).flatMap((kiosk) => {
    const cash = kiosk.cashOf(parts.card);
    if (!cash) return [];
    const { priceYen, claimYen, wanted, received } = cash;
    const right = received || wanted ? 0 : priceYen;
    return claimYen === right ? [] : [`The customer's claim is ${claimYen} yen at the kiosk ${kiosk.name}; it is ${right}`];
  });
}

function postingFaults(recorded: readonly Recorded[], card: TestCard, done: OperationId | undefined): string[] {
  const posted = recorded.flatMap(({ operationId, evidence }) => evidence.map((one) => ({ operationId, fault: card.evidenceFault(one) })));
  const faults = posted.filter(({ operationId }) => operationId !== done).map(() => 'A movement stands in the journal that did not happen');
  if (posted.length > 1) faults.push(`The movement stands ${posted.length} times in the journals`);
  return [...faults, ...posted.flatMap(({ fault }) => fault ?? [])];
}

function saidFaults(operated: Tapped | undefined, done: OperationId | undefined, wanted: Amounts): string[] {
  if (operated?.kind !== 'shown' || !operated.said) return [];
  const { said } = operated;
  const happened = done !== undefined && said.operationId === done;
  switch (said.kind) {
    case 'committed':
      if (!happened) return ['It was said to be done, and it did not happen'];
      return sameAmounts(only(said.amounts, wanted), wanted) ? [] : [`The slip of the operation says ${say(said.amounts)}; it is ${say(wanted)}`];
    case 'not-committed':
      return happened ? ['It was said not to have happened, and it did'] : [];
    case 'unknown':
      return [];
  }
}

function slipFaults(shown: Tapped | undefined, right: Amounts, wanted: Amounts, offers: number): string[] {
  if (shown?.kind !== 'shown') return [`The card cannot be used in an undisturbed tap: ${JSON.stringify(shown)}`];
  const faults: string[] = [];
  const amounts = only(shown.amounts, wanted);
  if (!sameAmounts(amounts, right)) faults.push(`A slip would say ${say(amounts)}; it is ${say(right)}`);
  if (shown.offers !== offers) faults.push(`It is offered ${shown.offers} times; it should be ${offers}`);
  return faults;
}

/** No command that changes the card is sent to it twice for one operation: what became of the first nobody knows. */
function repeated({ thread, card, subject }: Ended): string[] {
  const times = new Map<string, number>();
  for (const { command, operationId } of thread.commandsTo(card.virtual)) {
    const name = subject.valueCommand(command);
    if (name !== undefined) times.set(`${name} of ${operationId}`, (times.get(`${name} of ${operationId}`) ?? 0) + 1);
  }
  return [...times].filter(([, count]) => count > 1).map(([name, count]) => `${name} was sent ${count} times`);
}

const say = (amounts: Amounts): string => JSON.stringify(amounts);

/** Only the pockets of the operation; a card may have others, about which the books of the case say nothing. */
function only(amounts: Amounts, pockets: Amounts): Amounts {
  return Object.fromEntries(Object.entries(amounts).filter(([pocket]) => pocket in pockets));
}
