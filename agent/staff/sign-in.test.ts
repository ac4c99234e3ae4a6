/** Staff sign in with card and PIN on a real ledger file: tries are counted durably, and only a card that proves itself counts. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StaffId } from '../../contract/ids.ts';
import { hashStaffPin } from '../../contract/staff-pin.ts';
import type { StaffPinHash } from '../../contract/sync.ts';
import { accountOf, ValueTown, type CardName } from '../test-support/value-town.ts';
import { signIn, staffCardOf } from './sign-in.ts';

const PIN = '482913';
const CLERK = StaffId.parse('s-7');

describe('somebody of the staff', () => {
  let town: ValueTown;
  let pin: StaffPinHash;
  beforeEach(async () => {
    town = await ValueTown.open();
    pin = await hashStaffPin(PIN, new Uint8Array(16).fill(7));
  });
  afterEach(() => town.close());

  const told = (card: CardName, epoch = 1, change: { readonly pin?: StaffPinHash | null } = {}) =>
    town.tell({ type: 'staff', staffId: CLERK, accountId: accountOf(card), role: 'clerk', pin, epoch, ...change });
  const sign = async (card: CardName, typed: string) => signIn({ holder: await town.tap(card), serving: null, pin: typed }, town.ports);

  it.each(['desfire', 'felica'] as const)('signs in with a %s card and its PIN, also without the town', async (card) => {
    told(card);
    town.backend.constantFault = 'unreachable';
    expect(staffCardOf({ holder: await town.tap(card), serving: null }, town.ports)).toEqual({ kind: 'staff', staffId: CLERK, role: 'clerk', triesLeft: 5 });
    expect(await sign(card, PIN)).toEqual({ kind: 'signed-in', staffId: CLERK, role: 'clerk' });
    expect(JSON.stringify(town.log.events)).not.toContain(PIN);
  });

  it('never signs in with a card that anybody can copy, nor with one whose keys are not here', async () => {
    told('plain');
    expect(await sign('plain', PIN)).toEqual({ kind: 'not-staff' });
    told('desfire', 2);
    town.keysAnswer = { kind: 'not-here' };
    expect(await sign('desfire', PIN)).toEqual({ kind: 'not-staff' });
  });

  it('has five tries, whatever is restarted in between; then only the office lets them sign in again', async () => {
    told('desfire');
    for (const triesLeft of [4, 3]) expect(await sign('desfire', '000000')).toEqual({ kind: 'wrong-pin', triesLeft });
    town.reopen();
    for (const triesLeft of [2, 1]) expect(await sign('desfire', '000000')).toEqual({ kind: 'wrong-pin', triesLeft });
    expect(await sign('desfire', '000000')).toEqual({ kind: 'locked' });
    expect(await sign('desfire', PIN)).toEqual({ kind: 'locked' });
    expect(staffCardOf({ holder: await town.tap('desfire'), serving: null }, town.ports)).toEqual({ kind: 'locked' });
    told('desfire', 2);
    expect(await sign('desfire', PIN)).toMatchObject({ kind: 'signed-in' });
  });

  it('has all tries again after the right PIN', async () => {
    told('desfire');
    for (let time = 0; time < 3; time += 1) {
      expect(await sign('desfire', '000000')).toEqual({ kind: 'wrong-pin', triesLeft: 4 });
      expect(await sign('desfire', PIN)).toMatchObject({ kind: 'signed-in' });
    }
  });

  it('gains no try by asking for many at once', async () => {
    told('desfire');
    const holder = await town.tap('desfire');
    const answers = await Promise.all(Array.from({ length: 8 }, (_, digit) => signIn({ holder, serving: null, pin: `00000${digit}` }, town.ports)));
    expect(answers.filter(({ kind }) => kind === 'wrong-pin')).toHaveLength(4);
    expect(answers.filter(({ kind }) => kind === 'locked')).toHaveLength(4);
  });

  it('does not serve themselves, and signs in no more when they have left', async () => {
    told('desfire');
    const holder = await town.tap('desfire');
    expect(await signIn({ holder, serving: holder.accountId, pin: PIN }, town.ports)).toEqual({ kind: 'same-person' });
    told('desfire', 2, { pin: null });
    expect(await sign('desfire', PIN)).toEqual({ kind: 'not-staff' });
  });
});
