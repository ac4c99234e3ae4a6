/** Programs that stop, disks that fail, power that goes. */
import { createSeededRandomness } from '../../../agent/test-support/seeded-randomness.ts';
import { deed, type Deed } from './deed.ts';

const HOUR_MS = 3_600_000;
/** Calls of ports that a load makes, and some more. */
const CALLS_TO_CRASH = 30;
const CALLS_TO_FAIL = 10;
/** More than the header of a frame of SQLite's log, less than three of its pages. */
const TORN_BYTES_MAX = 9_000;

export const MACHINE_FAULTS: readonly Deed[] = [
  deed('backend-crash', 8, ({ backend }) => {
    const { up } = backend;
    backend.crash();
    return up;
  }),
  deed('backend-crash-at-statement', 20, ({ backend }) => {
    backend.crashSoon();
    return false;
  }),
  deed('backend-disk-full', 8, ({ backend }) => {
    backend.failSoon('backend-disk-full');
    return false;
  }),
  deed('backend-read-error', 8, ({ backend }) => {
    backend.failSoon('backend-read-error');
    return false;
  }),
  deed('backend-restored', 60, async ({ backend, rest }) => {
    if (!backend.hasBackup) {
      backend.backUp();
      return false;
    }
    await rest.during(backend.restore());
    return true;
  }),
  deed('kiosk-crash', 12, (_, device) => device.crash()),
  deed('kiosk-crash-at-call', 50, (_, device, chance) => {
    if (device.up) device.run.points.crashAfter(chance.below(CALLS_TO_CRASH));
    else device.start();
    return false;
  }),
  deed('kiosk-power-cut', 12, (_, device, chance) => {
    const torn = createSeededRandomness(chance.below(2 ** 31)).bytes(8 + chance.below(TORN_BYTES_MAX));
    return device.crash(torn);
  }),
  deed('kiosk-disk-full', 8, (_, device, chance) => {
    if (device.up) device.run.points.failAfter('kiosk-disk-full', chance.below(CALLS_TO_FAIL));
    return false;
  }),
  deed('kiosk-read-error', 8, (_, device, chance) => {
    if (device.up) device.run.points.failAfter('kiosk-read-error', chance.below(2 * CALLS_TO_FAIL));
    return false;
  }),
  deed('kiosk-old-ledger', 50, ({ devices }, device) => (devices.some(({ lost }) => lost) ? false : device.putOldLedgerBack())),
  deed('kiosk-restart', 6, async (world, device) => {
    if (!device.up) return false;
    world.trace.note(device.name, 'is restarted');
    await device.stop();
    device.start();
    return true;
  }),
  deed('kiosk-asleep', 6, async (world, _, chance) => {
    await world.time.sleep(chance.percent(50) ? HOUR_MS * (1 + chance.below(20)) : 24 * HOUR_MS * (1 + chance.below(9)));
    return true;
  }),
];
