/** What must hold at every moment of a run, looked at now and then while it goes on. */
import { dateInTokyo, Moment, momentFromEpoch } from '../../contract/time.ts';
import { accountOf, profileOf, RESIDENTS } from './residents.ts';
import { SOLD } from './schemes.ts';
import type { SimulatedDevice } from './simulated-device.ts';
import type { World } from './world.ts';

/** Before any lease ends: what a kiosk has and may not use any more counts as well. */
const LONG_AGO = Moment.parse('2000-01-01T00:00:00.000Z');

/** No allowance is held by two kiosks at any moment, whatever their clocks say. */
export function watchAllowances(world: World): void {
  if (world.strikes.has('backend-restored')) return;
  const today = dateInTokyo(momentFromEpoch(world.time.now()));
  const holders = new Map<string, string>();
  for (const device of world.devices) {
    // One that was put back to an earlier day believes what it believed then.
    if (!device.up || device.lost) continue;
    for (const allowance of allowancesOf(device, today)) {
      const other = holders.get(allowance);
      if (other !== undefined) world.faults.find(`no allowance is held twice: kiosks ${other} and ${device.name} both have ${allowance}`);
      holders.set(allowance, device.name);
    }
  }
}

function allowancesOf({ run: { ledger } }: SimulatedDevice, today: ReturnType<typeof dateInTokyo>): string[] {
  const found = new Set<string>();
  for (const resident of RESIDENTS) {
    const account = accountOf(resident);
    for (const { id } of ledger.offersOf(account, today, LONG_AGO)) found.add(`the grant ${id}`);
    for (const { id } of ledger.rightsOf(account, SOLD.id, today, LONG_AGO)) found.add(`the right ${id}`);
    if (profileOf(resident) !== 'desfire' && ledger.holdsAccount(account, LONG_AGO)) found.add(`the hold of account ${resident}`);
  }
  const stock = ledger.stockOf(SOLD.id, LONG_AGO);
  if (stock) found.add(`the stock ${stock.id}`);
  return [...found];
}
