/** People in a hurry, people who forget, people who press whatever there is. */
import { CHOICES_OF_SCREEN } from '../../../contract/kiosk.ts';
import { anyPress } from '../any-press.ts';
import { deed, type Deed } from './deed.ts';

const LONG_ENOUGH_MS = 100_000;

export const PEOPLE_FAULTS: readonly Deed[] = [
  deed('double-press', 40, (_, device, chance) => {
    if (!device.up) return false;
    const offered = CHOICES_OF_SCREEN[device.screen];
    if (offered.length === 0) return false;
    const choice = anyPress(offered.includes('confirm') ? 'confirm' : chance.pick(offered), chance);
    const { screenId } = device.snapshot;
    device.choose(choice, screenId);
    return device.choose(choice, screenId) !== undefined;
  }),
  deed('old-press', 15, (_, device, chance) => {
    if (!device.up) return false;
    return device.choose({ choice: chance.pick(['receive', 'confirm', 'finish'] as const) }, Math.max(1, device.snapshot.screenId - 1)) !== undefined;
  }),
  deed('random-press', 50, (_, device, chance) => {
    if (!device.up) return false;
    const offered = CHOICES_OF_SCREEN[device.screen];
    return device.choose(anyPress(offered.length > 0 && chance.percent(80) ? chance.pick(offered) : chance.pick(['receive', 'print', 'confirm', 'finish', 'continue'] as const), chance)) !== undefined;
  }),
  deed('walked-away', 5, async (world, device) => {
    if (!device.up || device.card === undefined) return false;
    await world.time.advance(LONG_ENOUGH_MS);
    return true;
  }),
  deed('wrong-card-back', 30, (world, device, chance) => {
    const before = device.card;
    const others = world.atHome();
    if (!device.up || before === undefined || others.length === 0) return false;
    device.take();
    device.put(chance.pick(others));
    return true;
  }),
  deed('call-for-staff', 12, (_, device) => device.choose({ choice: 'call-staff' }) !== undefined),
];
