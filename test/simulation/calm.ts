/** The end of every run: all that was broken is mended, everybody goes home, and the kiosks must come to rest and serve again. */
import { RESIDENTS } from './small-town.ts';
import type { SimulatedDevice } from './simulated-device.ts';
import type { World } from './world.ts';

const LOOK_EVERY_MS = 20_000;
/** The longest the agent waits by itself is five minutes after a refusal; a session takes under three. */
const LOOKS_MAX = 30;
const FAREWELL_MS = 5_000;

/** Mends everything, waits for rest, lays every card on every kiosk once, and waits again. */
export async function bringToCalm(world: World): Promise<void> {
  const { backend, devices, time, trace } = world;
  trace.note('world', 'mends');
  backend.crashNoMore();
  if (!backend.up) await backend.start();
  await world.grantWaiting();
  for (const [index, device] of devices.entries()) {
    world.reconnect(index);
    await mend(world, device);
  }
  await untilResting(world, 'after everything was mended');
  for (const device of devices) await tryEveryCard(world, device);
  await untilResting(world, 'after every card had been seen');
  // Both have heard of what the other did.
  await time.advance(LOOK_EVERY_MS);
}

async function mend(world: World, device: SimulatedDevice): Promise<void> {
  world.setWeather(device, 'clear');
  device.clockErrorMs = 0;
  device.start();
  device.run.crashAfter(undefined);
  device.holdReader(false);
  device.holdPrinter(false);
  device.replugReader();
  device.setPrinter({ kind: 'ready', paper: 'enough' });
  await world.settle();
  device.take();
  await world.settle();
}

async function untilResting(world: World, when: string): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    await world.time.advance(LOOK_EVERY_MS);
    await world.settle();
    if (world.devices.every((device) => whyRestless(device) === undefined)) return;
  }
  for (const device of world.devices) {
    const why = whyRestless(device);
    if (why !== undefined) world.faults.find(`Kiosk ${device.name} did not come to rest ${when}: ${why}`);
  }
}

function whyRestless(device: SimulatedDevice): string | undefined {
  if (!device.up) return 'it is off';
  const { acknowledgedSeq, lastSeq } = device.run.ledger.syncState();
  if (acknowledgedSeq !== lastSeq) return `${lastSeq - acknowledgedSeq} entries are not acknowledged`;
  if (device.screen !== 'start') return `it shows ${device.screen}`;
  return undefined;
}

async function tryEveryCard(world: World, device: SimulatedDevice): Promise<void> {
  for (const resident of RESIDENTS) {
    if (whyRestless(device) !== undefined && device.screen !== 'start') return;
    device.put(resident);
    await world.settle();
    const shown = device.snapshot.screen.name;
    world.faults.expect(shown === 'balance', `Kiosk ${device.name} shows ${shown} instead of the balance of resident ${resident} when all is well`);
    device.choose('finish');
    device.take();
    await world.time.advance(FAREWELL_MS);
    await world.settle();
  }
}
