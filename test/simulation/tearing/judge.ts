/**
 * What must be true at the end of every case: the operation happened once or not at all, and card, books, journal and slip say the same;
 * nothing that moves value was sent twice; no card was stopped because it was torn; nobody claimed what is not so.
 */
import type { Amounts, Kiosk, Tapped } from './kiosk.ts';
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
  const { card, otherCard, here, there, operated, shown, subject, expectation } = ended;
  const faults: string[] = [];
  const expect = (holds: boolean, sentence: string): void => {
    if (!holds) faults.push(sentence);
  };

  const recorded = here.recorded(card);
  expect(recorded.length <= 1, `There are ${recorded.length} operations of this case, not one`);
  const inBooks = here.books(card);
  const wanted = amountsAfter(card.opening, subject.movements);
  const verdict = await card.verdict(operationIdOf(ended));
  if (verdict.kind === 'wrong') faults.push(verdict.what);
  const happened = verdict.kind === 'nothing-to-see' ? sameAmounts(inBooks, wanted) : verdict.kind === 'once';
  const right = happened ? wanted : card.opening;

  expect(happened || expectation === 'may-happen', 'The operation did not happen although nothing disturbed it');
  for (const kiosk of there ? [here, there] : [here]) {
    const open = kiosk.recorded(card).filter((operation) => operation.open);
    expect(open.length === 0, `The kiosk ${kiosk.name} still has the movement open`);
    const why = kiosk.stopped(card) ?? kiosk.stopped(otherCard);
    expect(why === undefined, `The kiosk ${kiosk.name} stopped a card that was only torn: ${why}`);
  }
  expect(sameAmounts(inBooks, right), `The books of the kiosk here say ${say(inBooks)}; it is ${say(right)}`);
  if (there) expect(sameAmounts(there.books(card), right), `The books of the kiosk there say ${say(there.books(card))}; it is ${say(right)}`);
  faults.push(...postingFaults(here, card, happened), ...claimFaults(operated, happened, wanted));
  faults.push(...slipFaults(shown, right, wanted, happened), ...repeated(ended));
  expect(sameAmounts(here.books(otherCard), otherCard.opening), 'The other card’s holder has another amount than before');
  const other = await otherCard.verdict(undefined);
  expect(other.kind === 'not-at-all' || other.kind === 'nothing-to-see', 'The other card was changed');
  return faults;
}

/** The operation of the case as the kiosk noted it; undefined when it never came to that. */
function operationIdOf({ here, card, town }: Ended): string | undefined {
  return here.recorded(card)[0]?.operationId ?? town.decidedOperation();
}

function postingFaults(here: Kiosk, card: TestCard, happened: boolean): string[] {
  return here.recorded(card).flatMap(({ evidence }) => {
    if (evidence.length > (happened ? 1 : 0)) {
      return [`The movement stands ${evidence.length} times in the journal, and it happened ${happened ? 'once' : 'not at all'}`];
    }
    return evidence.flatMap((one) => card.evidenceFault(one) ?? []);
  });
}

function claimFaults(operated: Tapped | undefined, happened: boolean, wanted: Amounts): string[] {
  if (operated?.kind !== 'shown' || !operated.claim) return [];
  const { claim } = operated;
  switch (claim.kind) {
    case 'committed':
      if (!happened) return ['It was said to be done, and it did not happen'];
      return sameAmounts(only(claim.amounts, wanted), wanted) ? [] : [`The slip of the operation says ${say(claim.amounts)}; it is ${say(wanted)}`];
    case 'not-committed':
      return happened ? ['It was said not to have happened, and it did'] : [];
    case 'unknown':
      return [];
  }
}

function slipFaults(shown: Tapped | undefined, right: Amounts, wanted: Amounts, happened: boolean): string[] {
  if (shown?.kind !== 'shown') return [`The card cannot be used in an undisturbed tap: ${JSON.stringify(shown)}`];
  const faults: string[] = [];
  const amounts = only(shown.amounts, wanted);
  if (!sameAmounts(amounts, right)) faults.push(`A slip would say ${say(amounts)}; it is ${say(right)}`);
  const offers = happened ? 0 : 1;
  if (shown.offers !== null && shown.offers !== offers) faults.push(`It is offered ${shown.offers} times; it should be ${offers}`);
  return faults;
}

/** No command that changes the card is sent to it twice: what became of the first nobody knows. */
function repeated({ thread, card, subject }: Ended): string[] {
  const times = new Map<string, number>();
  for (const command of thread.commandsTo(card.virtual)) {
    const name = subject.valueCommand(command);
    if (name !== undefined) times.set(name, (times.get(name) ?? 0) + 1);
  }
  return [...times].filter(([, count]) => count > 1).map(([name, count]) => `${name} was sent ${count} times`);
}

const say = (amounts: Amounts): string => JSON.stringify(amounts);

/** Only the pockets of the operation; a card may have others, about which the books of the case say nothing. */
function only(amounts: Amounts, pockets: Amounts): Amounts {
  return Object.fromEntries(Object.entries(amounts).filter(([pocket]) => pocket in pockets));
}
