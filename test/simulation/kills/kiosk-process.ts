/**
 * A kiosk of the tier as a process of its own: the production agent on a real ledger file, the real backend over HTTP, virtual cards that people
 * lay down, take away and lay down again. Made to be killed. `kiosk-process.ts DATA_DIR BACKEND_URL CARDS_FILE SEED work|calm|hear`:
 * `work` goes on until it is killed; `calm` lays every card down once, sends everything, says `calm` and ends; `hear` only sends and hears.
 */
import path from 'node:path';
import { constantChance } from '../../../backend/seed/constant-chance.ts';
import { loadIdentity } from '../../../agent/identity.ts';
import { createDeviceCardKeys } from '../../../agent/keys/device-card-keys.ts';
import { openLedger } from '../../../agent/ledger/sqlite-ledger.ts';
import type { Ports } from '../../../agent/ports.ts';
import { runKiosk } from '../../../agent/run-kiosk.ts';
import { settleLeftPrintJobs } from '../../../agent/services/print-slip.ts';
import { reportLeftIntents } from '../../../agent/services/resolve-intents.ts';
import { createHttpBackend } from '../../../agent/sync/http-backend.ts';
import { systemClock, systemRandomness } from '../../../agent/system-ports.ts';
import { ScriptedPrinter } from '../../../agent/test-support/scripted-printer.ts';
import { journalSealer } from '../../../contract/journal-seal.ts';
import { CHOICES_OF_SCREEN, type Press, type ScreenName } from '../../../contract/kiosk.ts';
import { guardedReader } from '../../../hardware/card/guarded-reader.ts';
import { CardBox } from '../../../hardware/simulator/card-box.ts';
import { DirectReader } from '../../../hardware/simulator/direct-reader.ts';
import { until } from '../../support/wait.ts';
import { anyPress } from '../any-press.ts';
import { doSomething } from './deeds.ts';
import { durable } from './kill-cards.ts';

const [dataDir = '', url = '', cardsFile = '', seed = '0', mode = 'work'] = process.argv.slice(2);
const CALM_LIMIT_MS = 60_000;
const STEPS_MAX = 12;
const HEARD_LIMIT_MS = 2_000;

/** Told to whoever started this process. */
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);
const log: Ports['log'] = {
  event(name, ...words) {
    if (name === 'unexpected-error' || name === 'card-suspect' || name === 'sync-refused') say({ event: name, ...words[0] });
  },
};

const loaded = loadIdentity(dataDir);
if (!loaded.ok) throw new Error(loaded.detail);
const { identity } = loaded;
const opened = openLedger({ path: path.join(dataDir, 'ledger.db'), device: identity.deviceId });
if (!opened.ok) throw new Error(`${opened.trouble}: ${opened.detail}`);
const { ledger } = opened;
const reader = new DirectReader();
const backend = createHttpBackend({ url, identity, clock: systemClock, randomness: systemRandomness, log });
const ports: Ports = {
  clock: systemClock,
  randomness: systemRandomness,
  log,
  ledger,
  sealJournal: journalSealer(identity),
  reader: guardedReader(reader),
  printer: new ScriptedPrinter(),
  backend,
  cardKeys: createDeviceCardKeys({ ledger, backend, clock: systemClock, log }, identity),
};
settleLeftPrintJobs(ports);
reportLeftIntents(ports);
const running = runKiosk(
  ports,
  { identity, display: { ppi: 100, readerSide: 'below' }, simulated: true, felicaReaders: [{ nameHas: 'direct', style: 'direct' }] },
  (error) => {
    say({ failed: String(error) });
    process.exit(1);
  },
);
const { kiosk, sync } = running;
const box = new CardBox(cardsFile);
const chips = box.cards.flatMap((definition) => (definition.model === 'code' ? [] : [definition]));
const chance = constantChance(Number(seed));
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const shown = (): ScreenName => kiosk.snapshot().screen.name;
const press = (pressed: Press) => kiosk.choose({ ...pressed, screenId: kiosk.snapshot().screenId });
const FIRST_OFFER: Press = { choice: 'pick', index: 0 };
/** A person waits for these by looking. */
const PASSING: ReadonlySet<ScreenName> = new Set(['starting', 'reading', 'writing', 'printing']);

async function settled(): Promise<ScreenName> {
  return until('the screen stays', () => !PASSING.has(shown()) && shown(), CALM_LIMIT_MS);
}

function layDown(definition: (typeof chips)[number]): void {
  reader.insert(durable(box.take(definition), box));
}

/** One person: lays a card down, does something, sometimes takes the card away in the middle, and goes. */
async function visit(): Promise<void> {
  const definition = chance.pick(chips);
  layDown(definition);
  for (let step = 0; step < STEPS_MAX; step += 1) {
    if (chance.percent(5)) {
      await pause(chance.below(8));
      reader.remove();
      await pause(chance.below(4));
      layDown(definition);
    }
    const screen = await settled();
    if (screen === 'survey' || screen === 'farewell' || screen === 'card-not-usable' || screen === 'start') break;
    // Afterwards the screen does not show what the card holds any more: the person goes.
    if (screen === 'balance' && chance.percent(50)) {
      await doSomething({ ...ports, sync }, identity, chance);
      break;
    }
    if (screen === 'balance') press({ choice: chance.percent(85) ? 'receive' : chance.percent(50) ? 'print' : 'finish' });
    else if (screen === 'offers' && chance.percent(85)) press(chance.percent(70) ? FIRST_OFFER : { choice: 'receive-all' });
    else if (screen === 'confirm-load' || screen === 'receive-all') press({ choice: 'confirm' });
    else press(anyPress(chance.pick(CHOICES_OF_SCREEN[screen].length > 0 ? CHOICES_OF_SCREEN[screen] : ['finish']), chance));
    await pause(chance.below(3));
  }
  if (shown() !== 'start') press({ choice: 'finish' });
  if (shown() === 'survey') press(chance.percent(50) ? anyPress('pick', chance) : { choice: 'finish' });
  reader.remove();
  await pause(20 + chance.below(30));
}

/** Every card is looked at once in peace; then everything is sent. */
async function calm(): Promise<void> {
  await until('the kiosk waits for a card', () => shown() === 'start', CALM_LIMIT_MS);
  // What the town waits to hear of a card must be known before the card is laid down.
  await heard();
  for (const definition of chips) {
    layDown(definition);
    let screen = await settled();
    // What was paid for and had not come comes now, which is said first.
    if (screen === 'bought') {
      press({ choice: 'continue' });
      screen = await settled();
    }
    if (screen !== 'balance') say({ unexpected: `${definition.name} shows ${screen}` });
    // It serves again: who may receive something receives it.
    press({ choice: 'receive' });
    if (shown() === 'offers') press(FIRST_OFFER);
    if (shown() === 'confirm-load') {
      press({ choice: 'confirm' });
      const told = await settled();
      if (told !== 'loaded') say({ unexpected: `a load on ${definition.name} ends with ${told}` });
    }
    press({ choice: 'finish' });
    await settled();
    // The next card is taken up from the five faces and from the farewell as well.
    reader.remove();
  }
  await heard();
  await running.stop();
  say({ calm: true });
}

/** One whole exchange that began after this was called: everything is sent, and what the town had to say is known. */
async function heard(): Promise<void> {
  await until('the town was heard', async () => (await sync.syncOnce()) === 'done' && ledger.syncState().acknowledgedSeq === ledger.syncState().lastSeq, CALM_LIMIT_MS);
}

if (mode === 'calm') {
  await calm();
} else if (mode === 'hear') {
  await heard();
  await running.stop();
  say({ calm: true });
} else {
  // A kiosk that has heard nothing has nothing to give out; one whose backend is away works all the same.
  await Promise.race([sync.syncOnce(), pause(HEARD_LIMIT_MS)]);
  say({ working: true });
  for (;;) await visit();
}
