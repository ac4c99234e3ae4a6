/**
 * The My Number card within a session, on a simulated card: every way through, every interruption, and what reached the card. The part runs in a
 * session of two states, as any flow that needs the card would have it run.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createActor, type ActorRefFrom } from 'xstate';
import { CHOICES_OF_SCREEN, Screen, type PlainChoice, type Press } from '../../contract/kiosk.ts';
import { DirectReader } from '../../hardware/simulator/direct-reader.ts';
import { KAKUU_HANAKO } from '../../hardware/simulator/my-number/holder.ts';
import { TEST_SECRETS } from '../../hardware/simulator/my-number/secrets.ts';
import { IdentifierCard } from '../../hardware/simulator/virtual-card-identifier.ts';
import { MyNumberCard } from '../../hardware/simulator/virtual-card-my-number.ts';
import { PaymentCard } from '../../hardware/simulator/virtual-card-payment.ts';
import { lookAtMyNumberCard, readMyNumberCard } from '../services/read-my-number-card.ts';
import { createManualClock, settle, type ManualClock } from '../test-support/manual-clock.ts';
import { NO_CARD_KEYS } from '../test-support/no-card-keys.ts';
import { createSeededRandomness } from '../test-support/seeded-randomness.ts';
import { eventOfPress } from './event-of-press.ts';
import { xstateClock } from './kiosk.ts';
import type { myNumberMachine, MyNumberOutcome } from './my-number-machine.ts';
import { MY_NUMBER, myNumberInput, TOLD_TO_MY_NUMBER } from './my-number-part.ts';
import { screenOfMyNumber } from './my-number-screens.ts';
import { NOBODY, sessionParts, type SessionServices } from './session-parts.ts';

const UID = Uint8Array.from([1, 1, 6, 0x11, 0x22, 0x33, 0x44, 0x55]);
const RIGHT = TEST_SECRETS['text-pin'];
const VERIFY = /^00200080(?!$)/;
const HANAKO = { name: '架空　花子', address: '架空県見本市仮町１－２－３', birthday: '1950-01-03' };

const NOTHING_TOLD = { printTrouble: 'printer-silent', refusal: 'already-taken', notDone: 'not-offered', notUsable: 'unknown', movedDuring: 'reading', trouble: 'reader-faulty', interrupted: false } as const;

/** Ends with the part. */
const host = sessionParts.createMachine({
  context: ({ input }) => ({ ...NOBODY, ...input, ...NOTHING_TOLD, turn: 'present 1' }),
  initial: 'part',
  states: {
    part: {
      invoke: { id: MY_NUMBER, src: 'myNumber', input: myNumberInput('attributes'), onSnapshot: {}, onDone: { target: 'after', actions: ({ event }) => void outcomes.push(event.output) }, onError: { actions: 'fail' } },
      on: TOLD_TO_MY_NUMBER,
    },
    after: {},
  },
});

let clock: ManualClock;
let reader: DirectReader;
let actor: ActorRefFrom<typeof host>;
let outcomes: MyNumberOutcome[];
let failures: unknown[];
/** Every screen that was there, once after the other. */
let seen: string[];

beforeEach(() => {
  clock = createManualClock();
  reader = new DirectReader();
  outcomes = [];
  failures = [];
  seen = [];
  // The person's stored-value card lies there: the session is its session.
  reader.insert(new IdentifierCard('taro', UID, 'storage'));
  const services: Partial<SessionServices> = {
    lookAtMyNumber: (presence, use) => lookAtMyNumberCard(presence, use, { reader, cardKeys: NO_CARD_KEYS, cardKey: new Uint8Array(32), randomness: createSeededRandomness(1), ledger: { lookupCard: () => ({ kind: 'unknown' as const }) } }),
    openMyNumber: (presence, _use, made) => readMyNumberCard(presence, made, { reader }),
    failed: (error) => failures.push(error),
  };
  actor = createActor(host, { input: { services: services as SessionServices, status: reader.status(), presence: reader.presence() }, clock: xstateClock(clock) });
  actor.subscribe(() => {
    if (outcomes.length === 0 && part()?.getSnapshot().status === 'active' && seen.at(-1) !== name()) seen.push(name());
  });
  actor.start();
  reader.onChange(() => actor.send({ type: 'reader', status: reader.status(), presence: reader.presence() }));
});

afterEach(() => {
  actor.stop();
  expect(failures).toEqual([]);
});

const part = () => actor.getSnapshot().children[MY_NUMBER] as ActorRefFrom<typeof myNumberMachine> | undefined;
function screen(): Screen {
  const running = part();
  if (!running) throw new Error('The part is over');
  return Screen.parse(screenOfMyNumber(running.getSnapshot()));
}
const name = () => screen().name;

/** Presses, as the kiosk would take it: what the screen does not offer, nobody can press. */
async function press(pressed: Press): Promise<void> {
  expect(CHOICES_OF_SCREEN[name()]).toContain(pressed.choice);
  actor.send(eventOfPress(pressed));
  await settle();
}
const choose = (choice: PlainChoice) => press({ choice });
const enter = (digits: string) => press({ choice: 'pin', digits: [...digits].map(Number) });

async function lay(card = new MyNumberCard('hanako')): Promise<MyNumberCard> {
  reader.insert(card);
  await settle();
  return card;
}
async function take(): Promise<void> {
  reader.remove();
  await settle();
}
const pinsSent = () => reader.sent.map((command) => Buffer.from(command).toString('hex').toUpperCase()).filter((command) => VERIFY.test(command));

describe('the way through', () => {
  it('asks for the other card, says the tries first, reads behind a mask, has the card taken, and gives back what a form asks for', async () => {
    expect(screen()).toEqual({ name: 'my-number-place', use: 'attributes', why: 'own-card' });
    await take();
    expect(screen()).toEqual({ name: 'my-number-place', use: 'attributes', why: 'asked' });
    const card = await lay();
    expect(screen()).toEqual({ name: 'my-number-pin', use: 'attributes', way: 'pin', otherWay: true, tries: 3 });
    expect(pinsSent()).toEqual([]);
    await enter(RIGHT);
    expect(screen()).toEqual({ name: 'my-number-read', shown: null });
    await choose('reveal');
    expect(screen()).toEqual({ name: 'my-number-read', shown: HANAKO });
    await choose('reveal');
    expect(screen()).toEqual({ name: 'my-number-read', shown: null });
    await choose('continue');
    expect(name()).toBe('my-number-take');
    await take();
    expect(outcomes).toEqual([{ kind: 'read', known: { name: HANAKO.name, address: { written: HANAKO.address }, birthday: HANAKO.birthday } }]);
    expect(pinsSent()).toHaveLength(1);
    expect(card.alarms).toEqual([]);
    expect(seen).toEqual(['my-number-place', 'reading', 'my-number-pin', 'reading', 'my-number-read', 'my-number-take']);
  });

  it('goes by the printed numbers for whoever does not know the PIN, and uses none of its tries', async () => {
    const card = await lay();
    await choose('do-not-know');
    expect(screen()).toMatchObject({ name: 'my-number-unknown', way: 'pin', otherWay: true });
    await choose('other-way');
    expect(screen()).toMatchObject({ name: 'my-number-pin', way: 'printed', tries: 10 });
    await enter(KAKUU_HANAKO.printedNumber);
    expect(name()).toBe('my-number-read');
    expect(pinsSent()).toHaveLength(1);
    expect(card.state['text-pin'].triesLeft).toBe(3);
  });

  it('asks for no card to be taken when it was taken before', async () => {
    await lay();
    await enter(RIGHT);
    await take();
    expect(name()).toBe('my-number-read');
    await choose('continue');
    expect(outcomes).toMatchObject([{ kind: 'read' }]);
  });
});

describe('a PIN that is not right', () => {
  it('costs one try, which is said, and the right one opens the card', async () => {
    const card = await lay();
    await enter('0000');
    expect(screen()).toEqual({ name: 'my-number-wrong-pin', use: 'attributes', way: 'pin', otherWay: true, tries: 2 });
    expect(card.state['text-pin'].triesLeft).toBe(2);
    await choose('again');
    expect(screen()).toMatchObject({ name: 'my-number-pin', tries: 2 });
    await enter(RIGHT);
    expect(name()).toBe('my-number-read');
    expect(pinsSent()).toHaveLength(2);
  });

  it('is not tried for the last time before the person has said so', async () => {
    const card = await lay();
    await enter('0000');
    await choose('again');
    await enter('0001');
    expect(screen()).toMatchObject({ name: 'my-number-wrong-pin', tries: 1 });
    await choose('again');
    expect(screen()).toMatchObject({ name: 'my-number-last-try', way: 'pin' });
    expect(pinsSent()).toHaveLength(2);
    await choose('again');
    expect(screen()).toMatchObject({ name: 'my-number-pin', tries: 1 });
    await enter('0002');
    expect(screen()).toMatchObject({ name: 'my-number-locked', way: 'pin', otherWay: true });
    expect(card.state['text-pin'].triesLeft).toBe(0);
    await choose('other-way');
    await enter(KAKUU_HANAKO.printedNumber);
    expect(name()).toBe('my-number-read');
    expect(pinsSent()).toHaveLength(4);
  });

  it('asks for the last try first when the card comes with one', async () => {
    const used = new MyNumberCard('hanako');
    const state = { ...used.state, 'text-pin': { ...used.state['text-pin'], triesLeft: 1 } };
    await lay(new MyNumberCard('hanako', { state }));
    expect(name()).toBe('my-number-last-try');
    await choose('do-not-know');
    await choose('without-card');
    expect(pinsSent()).toEqual([]);
    await take();
    expect(outcomes).toEqual([{ kind: 'without-card' }]);
  });

  it('of a card that came locked is not asked for', async () => {
    const used = new MyNumberCard('hanako');
    const blocked = (name: 'text-pin' | 'text-number-b') => ({ ...used.state[name], triesLeft: 0 });
    await lay(new MyNumberCard('hanako', { state: { ...used.state, 'text-pin': blocked('text-pin'), 'text-number-b': blocked('text-number-b') } }));
    expect(screen()).toEqual({ name: 'my-number-locked', use: 'attributes', way: 'pin', otherWay: false });
    await choose('other-way');
    expect(name()).toBe('my-number-locked');
    await choose('without-card');
    await take();
    expect(outcomes).toEqual([{ kind: 'without-card' }]);
  });
});

describe('without the card', () => {
  it.each([['without-card', 'without-card'], ['back', 'back'], ['finish', 'finish']] as const)('%s is possible at once, and leaves the other card where it lies', async (choice, kind) => {
    await choose(choice);
    expect(outcomes).toEqual([{ kind }]);
    expect(reader.sent).toEqual([]);
  });

  it('分からない does no harm: nothing was sent, and the way back is open', async () => {
    const card = await lay();
    await choose('do-not-know');
    await choose('back');
    expect(name()).toBe('my-number-pin');
    await choose('do-not-know');
    await choose('without-card');
    expect(name()).toBe('my-number-take');
    await take();
    expect(outcomes).toEqual([{ kind: 'without-card' }]);
    expect(pinsSent()).toEqual([]);
    expect(card.state['text-pin'].triesLeft).toBe(3);
  });
});

describe('cards that move', () => {
  it('taken while digits are entered: it is asked for again, and so are the digits', async () => {
    await lay();
    await take();
    expect(screen()).toMatchObject({ name: 'my-number-place', why: 'moved' });
    await lay();
    expect(name()).toBe('my-number-pin');
    expect(pinsSent()).toEqual([]);
  });

  it('exchanged while the PIN is on its way: the other card gets nothing of it', async () => {
    const first = await lay();
    const other = new MyNumberCard('taro');
    reader.tear = (_, command) => {
      // The PIN's file is selected once more before it is sent.
      if (Buffer.from(command).toString('hex') !== '00a4020c020011') return undefined;
      reader.tear = undefined;
      reader.insert(other);
      return undefined;
    };
    await enter('0000');
    expect(name()).toBe('my-number-pin');
    expect(seen.slice(-3)).toEqual(['my-number-pin', 'reading', 'my-number-pin']);
    expect(pinsSent()).toEqual([]);
    for (const card of [first, other]) expect(card.state['text-pin'].triesLeft).toBe(3);
  });

  it.each(['command-lost', 'answer-lost'] as const)('taken with the PIN’s %s: nobody guesses, and it is not sent again', async (tear) => {
    const card = await lay();
    reader.tear = (_, command) => (VERIFY.test(Buffer.from(command).toString('hex').toUpperCase()) ? tear : undefined);
    await enter('0000');
    expect(screen()).toMatchObject({ name: 'my-number-place', why: 'unsure' });
    expect(pinsSent()).toHaveLength(1);
    reader.tear = undefined;
    await lay(card);
    expect(screen()).toMatchObject({ name: 'my-number-pin', tries: tear === 'answer-lost' ? 2 : 3 });
    expect(pinsSent()).toHaveLength(1);
  });

  it('that are not My Number cards are told so, asked nothing more, and can be exchanged for one', async () => {
    reader.insert(new PaymentCard('bank', UID));
    await settle();
    expect(screen()).toMatchObject({ name: 'my-number-place', why: 'other-card' });
    const asked = reader.sent.length;
    await clock.advance(30_000);
    expect(reader.sent).toHaveLength(asked);
    await take();
    expect(screen()).toMatchObject({ name: 'my-number-place', why: 'asked' });
    await lay();
    expect(name()).toBe('my-number-pin');
  });

  it('of which the content is not what belongs there are given up calmly', async () => {
    await lay(new MyNumberCard('hanako', { holder: { ...KAKUU_HANAKO, birth: '19501303' } }));
    await enter(RIGHT);
    expect(screen()).toMatchObject({ name: 'my-number-place', why: 'unreadable' });
    await choose('without-card');
    await take();
    expect(outcomes).toEqual([{ kind: 'without-card' }]);
  });

  it('and a reader that is unplugged: said, healed when it is back, and no session ends', async () => {
    await lay();
    reader.unplug();
    await settle();
    expect(screen()).toMatchObject({ name: 'my-number-place', why: 'reader-lost' });
    reader.replug();
    await lay();
    expect(name()).toBe('my-number-pin');
  });
});

describe('somebody who walks away', () => {
  it('is asked after a minute, and the part ends by itself with nothing of them', async () => {
    await lay();
    await enter(RIGHT);
    await choose('reveal');
    await clock.advance(60_000);
    expect(screen()).toEqual({ name: 'still-there', secondsLeft: 30 });
    await clock.advance(30_000);
    expect(outcomes).toEqual([{ kind: 'timed-out' }]);
    expect(JSON.stringify(actor.getSnapshot().context)).not.toMatch(/架空|1950/);
  });

  it('has three minutes for digits, and comes back to an empty keypad', async () => {
    await lay();
    await clock.advance(179_000);
    expect(name()).toBe('my-number-pin');
    await clock.advance(1_000);
    expect(name()).toBe('still-there');
    await choose('continue');
    expect(screen()).toMatchObject({ name: 'my-number-pin', tries: 3 });
    expect(pinsSent()).toEqual([]);
  });

  it('comes back to a card that was taken meanwhile: it is asked for again', async () => {
    await lay();
    await clock.advance(180_000);
    await take();
    await choose('continue');
    expect(screen()).toMatchObject({ name: 'my-number-place', why: 'moved' });
  });

  it('finds what was read behind its mask again', async () => {
    await lay();
    await enter(RIGHT);
    await choose('reveal');
    await clock.advance(60_000);
    await choose('continue');
    expect(screen()).toEqual({ name: 'my-number-read', shown: null });
  });
});

it('a press of digits leaves none of them behind', () => {
  const digits = [5, 6, 7, 8];
  const event = eventOfPress({ choice: 'pin', digits });
  expect(digits).toEqual([0, 0, 0, 0]);
  expect(JSON.stringify(event)).toBe('{"type":"pin","entry":{}}');
});
