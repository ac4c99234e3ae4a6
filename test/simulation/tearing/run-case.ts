/** Runs one case from the first command to the last tap, and judges it. */
import { createHash } from 'node:crypto';
import { cashFaults, judge } from './judge.ts';
import type { Kiosk } from './kiosk.ts';
import type { Tapped } from './kiosk-words.ts';
import type { Subject, TestCard } from './subject.ts';
import { nameOf, type Journey, type TearingCase, type TornAt } from './tearing-case.ts';
import type { CaseParts, TearingWorld } from './tearing-world.ts';
import { CommandThread } from './torn-reader.ts';

export interface CaseResult {
  readonly name: string;
  /** What must not happen and did; empty when the case passed. */
  readonly faults: readonly string[];
  /** Commands that the torn operation's tap took, had nothing else happened: those that can be torn first. */
  readonly operationCommands: number;
  /** Commands until the card was on its way back for the last time: those that can be torn second. */
  readonly commands: number;
}

const CUTS_POWER: readonly Journey[] = ['power-cut', 'other-kiosk-first'];
const ELSEWHERE: readonly Journey[] = ['other-kiosk', 'other-kiosk-first'];
/** One restart in so many really closes the ledger's file and opens it again. */
const REOPENED_SHARE = 40;

/** The operation with no tear at all: it must happen, and its commands are those that can be torn. */
export async function runUndisturbed(world: TearingWorld, subjectName: string): Promise<CaseResult> {
  const course = new Course(world, subjectName, 'same-kiosk', [], subjectName);
  await course.operate();
  const operationCommands = course.thread.sent;
  await course.wayBack();
  return { name: subjectName, faults: await course.faults('must-happen'), operationCommands, commands: course.thread.sent };
}

export async function runCase(world: TearingWorld, tearingCase: TearingCase): Promise<CaseResult> {
  const name = nameOf(tearingCase);
  const { subject, journey, first, second } = tearingCase;
  const course = new Course(world, subject, journey, second ? [first, second] : [first], name);
  try {
    await course.operate();
    const operationCommands = course.thread.sent;
    await course.wayBack();
    const commands = course.thread.sent;
    return { name, faults: await course.faults('may-happen'), operationCommands, commands };
  } catch (error) {
    const fault = `The case broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    return { name, faults: [fault], operationCommands: course.thread.sent, commands: course.thread.sent };
  }
}

class Course {
  readonly thread: CommandThread;
  readonly #parts: CaseParts;
  readonly #journey: Journey;
  readonly #elsewhere: boolean;
  readonly #tears: readonly TornAt[];
  readonly #reopens: boolean;
  readonly #subject: Subject;
  readonly #faults: string[] = [];
  readonly #withoutPower = new Set<Kiosk>();
  #operated: Tapped | undefined;
  /** The last tap that nothing disturbed, and where. */
  #shown: Tapped | undefined;

  constructor(world: TearingWorld, subjectName: string, journey: Journey, tears: readonly TornAt[], name: string) {
    const subject = world.subjects.find((other) => other.name === subjectName);
    if (!subject) throw new Error(`There is no subject ${subjectName}; there are ${world.subjects.map((other) => other.name).join(', ')}`);
    this.thread = new CommandThread(tears, CUTS_POWER.includes(journey));
    this.#elsewhere = ELSEWHERE.includes(journey);
    this.#parts = world.parts(subject, this.thread, name, this.#elsewhere ? 2 : 1);
    this.#journey = journey;
    this.#tears = tears;
    this.#reopens = createHash('sha256').update(name).digest()[4]! % REOPENED_SHARE === 0;
    this.#subject = subject;
  }

  async operate(): Promise<void> {
    const { here } = this.#parts;
    if (this.#journey === 'offline-kept-keys') here.goOffline('keys-kept');
    this.#operated = await this.#tap(this.#parts.here, this.#parts.card, 'operate');
  }

  /** What happens until the card was tapped once without a disturbance where its movement can be decided. */
  async wayBack(): Promise<void> {
    const { card, otherCard, here, town } = this.#parts;
    switch (this.#journey) {
      case 'same-kiosk':
      case 'power-cut':
      case 'offline-kept-keys':
        await this.#untilUndisturbed(here);
        break;
      case 'restarted-kiosk':
        this.#restart(here);
        await this.#untilUndisturbed(here);
        break;
      case 'other-card':
        await this.#tap(here, otherCard, 'look');
        await this.#untilUndisturbed(here);
        break;
      case 'offline-no-keys':
        here.goOffline('no-keys');
        await this.#tap(here, card, 'look');
        here.goOnline();
        await this.#untilUndisturbed(here);
        break;
      case 'other-kiosk':
        town.exchange(here);
        town.exchange(this.#there);
        await this.#untilUndisturbed(this.#there);
        town.exchange(this.#there);
        town.exchange(here);
        this.#expectDecided();
        break;
      case 'other-kiosk-first':
        this.#withoutPower.add(here);
        await this.#untilUndisturbed(this.#there);
        town.exchange(this.#there);
        this.#startIfStopped(here);
        town.exchange(here);
        break;
    }
  }

  /** @returns what is wrong at the end */
  async faults(expectation: 'must-happen' | 'may-happen'): Promise<readonly string[]> {
    const { here, card, town } = this.#parts;
    this.#faults.push(...cashFaults(this.#parts));
    if (this.#elsewhere) {
      // What the first kiosk says of it when the card comes back there; where another kiosk saw the card unasked, that is what decides.
      this.#shown = await this.#tap(here, card, 'look');
      town.exchange(here);
      town.exchange(this.#there);
    }
    const { thread } = this;
    const judged = await judge({ ...this.#parts, subject: this.#subject, thread, operated: this.#operated, shown: this.#shown, expectation });
    return [...this.#faults, ...judged];
  }

  get #there(): Kiosk {
    const { there } = this.#parts;
    if (!there) throw new Error('This journey stays at one kiosk');
    return there;
  }

  /** Taps; when that tap itself is torn, taps once more. */
  async #untilUndisturbed(kiosk: Kiosk): Promise<void> {
    const from = this.thread.sent;
    const shown = await this.#tap(kiosk, this.#parts.card, 'look');
    const torn = this.#tears.some(({ command }) => command >= from && command < this.thread.sent);
    this.#shown = torn ? await this.#tap(kiosk, this.#parts.card, 'look') : shown;
  }

  async #tap(kiosk: Kiosk, card: TestCard, deed: 'operate' | 'look'): Promise<Tapped> {
    for (const other of [this.#parts.here, this.#parts.there]) other?.takeCardAway();
    this.#startIfStopped(kiosk);
    const tapped = await kiosk.tap(card, deed);
    if (tapped.kind === 'power-cut') this.#withoutPower.add(kiosk);
    this.#faults.push(...cashFaults(this.#parts));
    return tapped;
  }

  #startIfStopped(kiosk: Kiosk): void {
    if (this.#withoutPower.delete(kiosk)) this.#restart(kiosk);
  }

  #restart(kiosk: Kiosk): void {
    kiosk.restart(this.#reopens);
  }

  #expectDecided(): void {
    const { card, here } = this.#parts;
    if (card.profile === 'plain-identifier') return;
    if (here.recorded(card).some(({ open }) => open)) this.#faults.push('The other kiosk saw the card, and the town could not decide');
  }
}
