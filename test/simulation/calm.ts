/** The end of every run: all that was broken is mended, everybody goes home, and the kiosks must come to rest and serve again. */
import { cardRefOf } from '../../contract/card-ref.ts';
import { identifierOf, RESIDENTS, type Resident } from './residents.ts';
import type { SimulatedDevice } from './simulated-device.ts';
import type { World } from './world.ts';

const LOOK_EVERY_MS = 4_000;
/** More than a kiosk at rest waits between two exchanges. */
const HEARD_MS = 16_000;
/** Twelve looks are longer than anything but a refusal takes; five refusals one after another are too many. */
const LOOKS_MAX = 60;
const LOOKS_AWAKE = 12;
/** The longest the agent waits by itself. */
const REFUSED_MS = 300_000;
const FAREWELL_MS = 4_100;
const ANSWER_MS = 50;
const ANSWERS_MAX = 5;
/** Until a sentence about a card that was taken is gone. */
const SENTENCE_MS = 6_100;

/** Mends everything, waits for rest, lets cards be seen, and waits again. */
export async function bringToCalm(world: World): Promise<void> {
  const { backend, devices, time, trace } = world;
  trace.note('world', 'mends');
  backend.mend();
  backend.clockErrorMs = 0;
  if (!backend.up) await backend.start();
  await world.grantWaiting();
  for (const [index, device] of devices.entries()) {
    world.reconnect(index);
    await mend(world, device);
  }
  await untilResting(world, 'after everything was mended');
  await tryCards(world);
  await untilResting(world, 'after every card had been seen');
  // Both have heard of what the other did.
  await time.advance(HEARD_MS);
}

async function mend(world: World, device: SimulatedDevice): Promise<void> {
  world.setWeather(device, 'clear');
  device.clockError.set(0);
  device.start();
  if (!device.up) return;
  device.run.points.mend();
  device.run.reader.armed = undefined;
  device.withRun(({ desk }) => desk.clear());
  device.holdReader(false);
  device.holdPrinter(false);
  device.replugReader();
  device.setPrinter({ kind: 'ready', paper: 'enough' });
  await world.settle();
  if (device.card !== undefined) device.take();
  device.withRun((run) => run.reader.take());
  device.choose({ choice: 'finish' });
  await world.settle();
  // Its disk had failed before, and nobody had noticed until now.
  device.start();
  await world.settle();
}

async function untilResting(world: World, when: string): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    // Who was refused something waits for long: nobody has to watch.
    if (look % LOOKS_AWAKE === LOOKS_AWAKE - 1) await world.time.sleep(REFUSED_MS);
    await world.time.advance(LOOK_EVERY_MS);
    await world.settle();
    if (world.devices.every((device) => whyRestless(world, device) === undefined)) return;
  }
  for (const device of world.devices) {
    const why = whyRestless(world, device);
    if (why !== undefined) world.faults.find(`Kiosk ${device.name} did not come to rest ${when}: ${why}`);
  }
}

function whyRestless(world: World, device: SimulatedDevice): string | undefined {
  if (device.lost) return undefined;
  if (!device.up) return 'it is off';
  const { acknowledgedSeq, lastSeq, cursor } = device.run.ledger.syncState();
  if (acknowledgedSeq !== lastSeq) return `${lastSeq - acknowledgedSeq} entries are not acknowledged`;
  const [said] = world.backend.store.rows<{ last: number | null }>('select max(cursor) as last from change where device_id is null or device_id = ?', device.identity.deviceId);
  if (cursor < (said?.last ?? 0)) return `it has heard the town up to ${cursor}, and not up to ${said?.last}`;
  if (device.screen !== 'start') return `it shows ${device.screen}`;
  const { onTheWay } = world.networkOf(device);
  return onTheWay > 0 ? `${onTheWay} requests are still on their way` : undefined;
}

/** One kiosk or the other serves somebody; and every card that something is open on is seen, on the kiosks that wonder about it. */
async function tryCards(world: World): Promise<void> {
  const devices = world.devices.filter(({ lost }) => !lost);
  const open = new Set(world.backend.store.rows<{ card: string }>("select card_ref as card from unknown_movement where state = 'open'").map(({ card }) => card));
  // Whoever sees a card must have heard that somebody waits for a word about it, or that it was stopped.
  if (open.size > 0 || world.stopped.size > 0) await world.time.advance(HEARD_MS);
  for (const [turn, resident] of RESIDENTS.entries()) {
    const cardRef = refOf(world, resident);
    const wondering = devices.filter(({ up, run }) => up && run.ledger.openIntents(cardRef).length > 0);
    const first = devices[(turn + (world.seed >> 3)) % devices.length];
    const isServed = (world.seed + turn) % RESIDENTS.length === 0;
    const seenBy = wondering.length > 0 ? wondering : first && (isServed || open.has(cardRef)) ? [first] : [];
    for (const device of seenBy) await tryCard(world, device, resident);
  }
  await world.time.advance(FAREWELL_MS);
  await world.settle();
}

async function tryCard(world: World, device: SimulatedDevice, resident: Resident): Promise<void> {
  if (!['start', 'farewell'].includes(device.screen)) return;
  device.put(resident);
  const screen = await readingEnds(world, device);
  if (!isAsExpected(world, resident, screen)) {
    const why = screen.name === 'card-not-usable' ? `${screen.name} (${screen.why})` : screen.name;
    world.faults.find(`Kiosk ${device.name} shows ${why} instead of the balance of resident ${resident} when all is well`);
  }
  device.choose({ choice: 'finish' });
  device.take();
  await world.settle();
  if (screen.name === 'card-not-usable') {
    await world.time.advance(SENTENCE_MS);
    await world.settle();
  }
}

/** Its keys may have to be asked for. */
async function readingEnds(world: World, device: SimulatedDevice): Promise<SimulatedDevice['snapshot']['screen']> {
  await world.settle();
  for (let wait = 0; device.screen === 'reading' && wait < ANSWERS_MAX; wait += 1) {
    await world.time.advance(ANSWER_MS);
    await world.settle();
  }
  return device.snapshot.screen;
}

/** A card that is stopped is refused, one that a forger had may be, and every other is served. */
function isAsExpected(world: World, resident: Resident, screen: SimulatedDevice['snapshot']['screen']): boolean {
  const [card] = world.backend.store.rows<{ state: string }>('select state from card where card_ref = ?', refOf(world, resident));
  if (card?.state === 'stopped') return screen.name === 'card-not-usable' && ['stopped', 'suspect', 'unknown'].includes(screen.why);
  // A backend that was put back may not know that it was stopped.
  // Sets that were paid for and waited are said first.
  const served = screen.name === 'balance' || screen.name === 'bought';
  return served || ((world.forged.has(resident) || world.stopped.has(resident)) && screen.name === 'card-not-usable');
}

const refOf = (world: World, resident: Resident) => cardRefOf(world.town.cardKey, Buffer.from(identifierOf(resident), 'hex'));
