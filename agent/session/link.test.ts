/** A My Number card is linked at the window: the real session with virtual cards on a real ledger file, and a town that checks what it is sent. */
import { randomBytes, verify, X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHOICES_OF_SCREEN, type KioskSnapshot, type PlainChoice } from '../../contract/kiosk.ts';
import { LINK_CONSENT, linkMessage, LinkRequest, type LinkResponse } from '../../contract/link.ts';
import { issueIdentity, testHierarchy } from '../../hardware/simulator/my-number/card-identity.ts';
import { KAKUU_HANAKO } from '../../hardware/simulator/my-number/holder.ts';
import { TEST_SECRETS } from '../../hardware/simulator/my-number/secrets.ts';
import { MyNumberCard } from '../../hardware/simulator/virtual-card-my-number.ts';
import { TOWN_DEVICE } from '../test-support/ledger-town.ts';
import { settle } from '../test-support/manual-clock.ts';
import { ScriptedPrinter } from '../test-support/scripted-printer.ts';
import { kioskOf, visitorOf } from '../test-support/value-kiosk.ts';
import { accountOf, ValueTown } from '../test-support/value-town.ts';
import type { Kiosk } from './kiosk.ts';

const RIGHT = TEST_SECRETS['authentication-pin'];
const IDENTITY = issueIdentity(testHierarchy());
const VERIFY = /^00200080(?!$)/;

let town: ValueTown;
let kiosk: Kiosk;
let online: boolean;
let state: 'open' | 'linked' | 'not-offered';
/** How often the town was asked whether it can be. */
let asked: number;
let challenges: string[];
let received: LinkRequest[];
/** What the next answers to a link are; `lost`: it arrives, and the answer does not. */
let answers: Array<LinkResponse | 'lost'>;
let failures: unknown[];
/** Everything that was pushed to the window. */
let pushed: KioskSnapshot[];

beforeEach(async () => {
  town = await ValueTown.open();
  [online, state, challenges, received, answers, failures, pushed] = [true, 'open', [], [], [], [], []];
  asked = 0;
  town.backend.links = {
    linkState: async () => {
      asked += 1;
      return { kind: 'answered', value: { kind: state } };
    },
    linkChallenge: async () => {
      if (!online) return { kind: 'unreachable', detail: '' };
      if (state !== 'open') return { kind: 'answered', value: { kind: state } };
      challenges.push(randomBytes(32).toString('base64url'));
      return { kind: 'answered', value: { kind: 'challenge', challenge: challenges.at(-1) ?? '', until: '2026-11-21T02:00:00.000Z' as never } };
    },
    link: async (request) => {
      if (!online) return { kind: 'unreachable', detail: '' };
      received.push(LinkRequest.parse(request));
      const answer = answers.shift() ?? { kind: 'linked' };
      return answer === 'lost' ? { kind: 'unreachable', detail: '' } : { kind: 'answered', value: answer };
    },
  };
  kiosk = kioskOf(town, { printer: new ScriptedPrinter() }, { online: () => online, onFailure: (error) => failures.push(error) });
  kiosk.onSnapshot((snapshot) => pushed.push(snapshot));
});

afterEach(() => {
  kiosk.stop();
  town.ledger.close();
  town.close();
  expect(failures).toEqual([]);
});

const visitor = visitorOf(() => town, () => kiosk);
const { screen, name, put, take } = visitor;
async function press(...choices: readonly PlainChoice[]): Promise<void> {
  for (const choice of choices) {
    expect(CHOICES_OF_SCREEN[name()]).toContain(choice);
    await visitor.press(choice);
  }
}
async function enter(digits: string): Promise<void> {
  kiosk.choose({ screenId: kiosk.snapshot().screenId, choice: 'pin', digits: [...digits].map(Number) });
  await settle();
}
async function layMyNumber(card = new MyNumberCard('hanako', { identity: IDENTITY })): Promise<MyNumberCard> {
  await take();
  town.reader.insert(card);
  await settle();
  return card;
}
async function untilAgreed(): Promise<void> {
  await put('desfire');
  await press('more', 'link', 'confirm');
}
async function untilProved(): Promise<MyNumberCard> {
  await untilAgreed();
  const card = await layMyNumber();
  await enter(RIGHT);
  await take();
  return card;
}
const pinsSent = () => town.reader.sent.map((command) => Buffer.from(command).toString('hex').toUpperCase()).filter((command) => VERIFY.test(command));

describe('the way through', () => {
  it('explains, asks for the other card and its PIN, links, and leads back to the own card', async () => {
    await put('desfire');
    await press('more');
    expect(screen()).toMatchObject({ name: 'menu', items: expect.arrayContaining(['link']) as unknown });
    await press('link');
    expect(name()).toBe('link-about');
    expect(challenges).toEqual([]);
    await press('confirm');
    expect(challenges).toHaveLength(1);
    expect(screen()).toEqual({ name: 'my-number-place', use: 'link', why: 'own-card' });
    const card = await layMyNumber();
    expect(screen()).toEqual({ name: 'my-number-pin', use: 'link', way: 'pin', otherWay: false, tries: 3 });
    expect(received).toEqual([]);
    await enter(RIGHT);
    expect(name()).toBe('my-number-take');
    await take();
    expect(screen()).toEqual({ name: 'link-done', ownCard: 'wanted' });
    await put('desfire');
    expect(name()).toBe('balance');
    expect(pinsSent()).toHaveLength(1);
    expect(card.alarms).toEqual([]);
    expect(card.given.filter((file) => !file.startsWith('JPKI'))).toEqual([]);
  });

  it('sends what the card signed over this challenge, this account and these words, and nothing else of the card', async () => {
    await untilProved();
    const [request] = received;
    if (!request) throw new Error('nothing was sent');
    expect(request).toMatchObject({ accountId: accountOf('desfire'), challenge: challenges[0], consent: LINK_CONSENT });
    const certificate = new X509Certificate(Buffer.from(request.certificate, 'base64url'));
    expect(certificate.raw.equals(IDENTITY.authentication.certificate)).toBe(true);
    const signed = (about: typeof request) => verify('sha256', linkMessage(TOWN_DEVICE, about), certificate.publicKey, Buffer.from(request.signature, 'base64url'));
    expect(signed(request)).toBe(true);
    expect(signed({ ...request, accountId: accountOf('felica') })).toBe(false);
    expect(signed({ ...request, consent: LINK_CONSENT + 1 })).toBe(false);
  });

  it('lets whoever put their card back early read to the end', async () => {
    await untilAgreed();
    await layMyNumber();
    await enter(RIGHT);
    const held = Promise.withResolvers<void>();
    const link = town.backend.links!.link;
    town.backend.links!.link = async (request) => held.promise.then(() => link(request));
    await take();
    expect(name()).toBe('link-asking');
    await put('desfire');
    expect(name()).toBe('link-asking');
    held.resolve();
    await settle();
    expect(screen()).toEqual({ name: 'link-done', ownCard: 'there' });
    await press('continue');
    expect(name()).toBe('balance');
  });

  it('takes the own card, put back too early, for what it is: it is to be taken, and is no wrong card', async () => {
    await untilAgreed();
    await take();
    expect(screen()).toMatchObject({ name: 'my-number-place', why: 'asked' });
    await put('desfire');
    expect(screen()).toEqual({ name: 'my-number-place', use: 'link', why: 'own-card' });
    await layMyNumber();
    await enter(RIGHT);
    await take();
    expect(name()).toBe('link-done');
  });

  it('asks for no card while there is no reader that could read it', async () => {
    await untilProved();
    town.reader.unplug();
    await settle();
    expect(screen()).toEqual({ name: 'link-done', ownCard: 'no-reader' });
    town.reader.replug();
    await settle();
    expect(screen()).toEqual({ name: 'link-done', ownCard: 'wanted' });
    await put('desfire');
    expect(name()).toBe('balance');
  });

  it('counts as something that was done when the person is asked how it was', async () => {
    await untilProved();
    await press('finish');
    expect(name()).toBe('survey');
  });
});

describe('is offered', () => {
  it.each(['linked', 'not-offered'] as const)('not when the town says %s', async (said) => {
    state = said;
    await put('desfire');
    await press('more');
    expect(screen()).toMatchObject({ items: expect.not.arrayContaining(['link']) as unknown });
    kiosk.choose({ screenId: kiosk.snapshot().screenId, choice: 'link' });
    await settle();
    expect(name()).toBe('menu');
  });

  it('where it is looked for: the town is not asked by a card that is only laid down, and once by one that stays', async () => {
    await put('desfire');
    expect(asked).toBe(0);
    await press('more', 'back', 'more', 'back', 'more');
    expect(asked).toBe(1);
    expect(screen()).toMatchObject({ items: expect.arrayContaining(['link']) as unknown });
    await take();
    await put('felica');
    await press('more');
    expect(asked).toBe(2);
  });

  it('not without a network', async () => {
    online = false;
    await put('desfire');
    await press('more');
    expect(screen()).toMatchObject({ items: expect.not.arrayContaining(['link']) as unknown });
  });

  it('to each card for itself', async () => {
    await put('desfire');
    state = 'linked';
    await take();
    await put('plain');
    await press('more');
    expect(screen()).toMatchObject({ items: expect.not.arrayContaining(['link']) as unknown });
  });
});

describe('nothing changes', () => {
  it('when the person does not agree: the town is not even asked', async () => {
    await put('desfire');
    await press('more', 'link', 'decline');
    expect(name()).toBe('balance');
    expect(challenges).toEqual([]);
  });

  it('when the town cannot be reached: no PIN is asked for', async () => {
    await put('desfire');
    await press('more', 'link');
    online = false;
    await press('confirm');
    expect(screen()).toEqual({ name: 'link-not-done', why: 'unreachable', ownCard: 'there' });
    await press('continue');
    expect(name()).toBe('balance');
    expect(pinsSent()).toEqual([]);
  });

  it('when it was linked meanwhile elsewhere', async () => {
    await put('desfire');
    await press('more', 'link');
    state = 'linked';
    await press('confirm');
    expect(screen()).toEqual({ name: 'link-not-done', why: 'linked-already', ownCard: 'there' });
  });

  it('when the person goes back before they took their card: it is read again', async () => {
    await untilAgreed();
    await press('back');
    expect(name()).toBe('balance');
    expect(received).toEqual([]);
  });

  it('when they go on without the other card: their own is wanted back', async () => {
    await untilAgreed();
    await layMyNumber();
    await press('do-not-know', 'without-card');
    await take();
    expect(screen()).toEqual({ name: 'link-not-done', why: 'stopped', ownCard: 'wanted' });
    expect(received).toEqual([]);
    await put('desfire');
    expect(name()).toBe('balance');
  });

  it('when the PIN is wrong: the try is counted, and nothing is sent to the town', async () => {
    await untilAgreed();
    const card = await layMyNumber();
    await enter('0000');
    expect(screen()).toMatchObject({ name: 'my-number-wrong-pin', use: 'link', tries: 2, otherWay: false });
    expect(card.state['authentication-pin'].triesLeft).toBe(2);
    expect(received).toEqual([]);
  });

  it('with a card that none was issued a certificate for', async () => {
    await untilAgreed();
    await layMyNumber(new MyNumberCard('child'));
    await enter(RIGHT);
    expect(screen()).toEqual({ name: 'my-number-place', use: 'link', why: 'unreadable' });
    expect(received).toEqual([]);
  });

  it.each(['other-account', 'other-card', 'not-valid', 'not-checked', 'too-late', 'not-offered'] as const)('when the town says %s, and says so', async (why) => {
    answers = [{ kind: 'refused', why }];
    await untilProved();
    expect(screen()).toEqual({ name: 'link-not-done', why, ownCard: 'wanted' });
    expect(received).toHaveLength(1);
    await press('finish');
    expect(name()).toBe('farewell');
  });

  it('and nobody is asked how it was, whatever else went well', async () => {
    answers = [{ kind: 'refused', why: 'not-checked' }];
    await put('desfire');
    await press('print', 'continue', 'more', 'link', 'confirm');
    await layMyNumber();
    await enter(RIGHT);
    await take();
    await press('finish');
    expect(name()).toBe('farewell');
  });
});

describe('an answer that is lost', () => {
  it('is asked for once more by itself, with the same wish, and the card is not needed again', async () => {
    answers = ['lost'];
    await untilProved();
    expect(screen()).toMatchObject({ name: 'link-done' });
    expect(received).toHaveLength(2);
    expect(received[1]).toEqual(received[0]);
    expect(pinsSent()).toHaveLength(1);
  });

  it('for good leaves it open, and the person may ask again', async () => {
    answers = ['lost', 'lost'];
    await untilProved();
    expect(screen()).toEqual({ name: 'link-not-known' });
    await press('again');
    expect(screen()).toEqual({ name: 'link-done', ownCard: 'wanted' });
    expect(new Set(received.map(({ linkId }) => linkId)).size).toBe(1);
    expect(pinsSent()).toHaveLength(1);
  });
});

describe('somebody who walks away', () => {
  it.each([['at the end', 'link-done', []], ['with an open end', 'link-not-known', ['lost', 'lost']]] as const)('%s is asked, and leaves nothing behind', async (_when, last, lost) => {
    answers = [...lost];
    await untilProved();
    expect(name()).toBe(last);
    await town.clock.advance(60_000);
    expect(name()).toBe('still-there');
    await press('continue');
    expect(name()).toBe(last);
    await town.clock.advance(60_000);
    await town.clock.advance(30_000);
    expect(name()).toBe('farewell');
    expect(kiosk.busyAccount()).toBeNull();
  });

  it('before the other card is there leaves the own card as it was', async () => {
    await untilAgreed();
    await take();
    await town.clock.advance(60_000);
    expect(name()).toBe('still-there');
    await town.clock.advance(30_000);
    expect(name()).toBe('farewell');
    expect(received).toEqual([]);
  });
});

it('nothing of the card is in what the window, the log or the journal got', async () => {
  await untilProved();
  await press('finish');
  const told = JSON.stringify([pushed, town.log.events, town.facts()]);
  const [request] = received;
  const { serialNumber, subject } = new X509Certificate(IDENTITY.authentication.certificate);
  for (const secret of [RIGHT, KAKUU_HANAKO.name, KAKUU_HANAKO.number, serialNumber, serialNumber.toLowerCase(), subject.split('CN=')[1] ?? '-', request?.certificate, request?.signature, request?.challenge]) {
    expect(told).not.toContain(`"${secret ?? '-'}"`);
    if ((secret?.length ?? 0) > 6) expect(told).not.toContain(secret);
  }
  expect(town.facts().filter(({ type }) => type !== 'session-ended')).toEqual([]);
});
