/**
 * `npm run simulate -- --tier kills [--kills N]`: real files, a real PostgreSQL and real processes, killed with SIGKILL at any moment again and
 * again while people use the kiosks; then peace, and a look at everything. When a process dies cannot be repeated exactly: the seed gives
 * the people's deeds and the order of the kills, the machine gives the moment.
 */
import { readFileSync } from 'node:fs';
import { constantChance, type Chance } from '../../../backend/seed/constant-chance.ts';
import type { VirtualCardDefinition } from '../../../hardware/simulator/virtual-card.ts';
import { ProductProcess } from '../../support/process.ts';
import type { TierResult } from '../tier-result.ts';
import { writeCards } from './kill-cards.ts';
import { judge, type KillFigures } from './kill-judge.ts';
import { KillTown, type KillKiosk } from './kill-town.ts';

const KIOSK_PROGRAM = 'test/simulation/kills/kiosk-process.ts';
/** Into its work, a kiosk lives so long. */
const LIFE_MS_MAX = 700;
/** After so many kills the kiosks' people change places. */
const SWAP_AFTER = 20;
const CALM_LIMIT_MS = 180_000;

type Victim = 'kiosk' | 'backend' | 'database';
/** Who is killed how often, in a hundred. */
const VICTIMS: ReadonlyArray<readonly [Victim, number]> = [['kiosk', 74], ['backend', 20], ['database', 6]];

export interface KillResult extends TierResult {
  readonly faults: readonly string[];
  readonly killed: Readonly<Record<Victim, number>>;
  readonly figures: KillFigures;
}

/**
 * @param report called for each line worth reading
 * @param spoil changes something when all is over: the judgement must find it
 */
export async function runKills(
  { kills, seed, spoil }: { readonly kills: number; readonly seed: number; readonly spoil?: (town: KillTown) => Promise<void> },
  report: (line: string) => void,
): Promise<KillResult> {
  const chance = constantChance(seed);
  const town = await KillTown.make();
  const killed: Record<Victim, number> = { kiosk: 0, backend: 0, database: 0 };
  const faults: string[] = [];
  try {
    let done = 0;
    while (done < kills) {
      const now = Math.min(SWAP_AFTER, kills - done);
      await killAgainAndAgain(town, now, { chance, seed: seed * 1_000_000 + done * 1_000, killed, faults });
      swapPeople(town);
      done += now;
      report(`${done} / ${kills} kills`);
    }
    // What one kiosk left undecided is decided where the card is seen next, and the first must hear of it.
    await bringToCalm(town, faults);
    swapPeople(town);
    await bringToCalm(town, faults);
    // Each kiosk gives back what the other's people wanted to receive; then everybody receives something at home.
    await bringToCalm(town, faults, 'hear');
    await bringToCalm(town, faults);
    await bringToCalm(town, faults, 'hear');
    faults.push(...endedByItself(town));
    await town.backend.stop();
    await spoil?.(town);
    const judged = await judge(town);
    faults.push(...judged.faults);
    return { passed: faults.length === 0 ? kills : 0, failed: faults.length === 0 ? 0 : faults.length, faults, killed, figures: judged.figures };
  } finally {
    await town.close();
  }
}

interface Killing {
  readonly chance: Chance;
  readonly seed: number;
  readonly killed: Record<Victim, number>;
  readonly faults: string[];
}

/** Kiosks work and are started again whenever they were killed; now and then the backend or its database goes instead. */
async function killAgainAndAgain(town: KillTown, kills: number, { chance, seed, killed, faults }: Killing): Promise<void> {
  let left = kills;
  let serving = Promise.resolve();
  const lives = town.kiosks.map(async (kiosk, index) => {
    for (let life = 0; left > 0; life += 1) {
      const running = startKiosk(town, kiosk, seed + life * 10 + index, 'work');
      await running.line('the kiosk works', (line) => line['working'] === true, { limitMs: 60_000 });
      await new Promise((resolve) => setTimeout(resolve, 20 + chance.below(LIFE_MS_MAX)));
      const victim = left > 0 ? chance.weighted(VICTIMS) : 'kiosk';
      if (left > 0) {
        left -= 1;
        killed[victim] += 1;
      }
      if (victim !== 'kiosk') {
        // One at a time: a backend that is being started cannot be told from one that does not come up.
        serving = serving.then(async () => {
          faults.push(...endedByItself(town));
          await restart(town, victim);
        });
        await serving;
        // What the kiosk makes of it.
        await new Promise((resolve) => setTimeout(resolve, chance.below(LIFE_MS_MAX)));
      }
      await running.stop('SIGKILL');
      faults.push(...complaintsOf(kiosk, running));
    }
  });
  await Promise.all(lives);
}

async function restart(town: KillTown, victim: 'backend' | 'database'): Promise<void> {
  if (victim === 'database') {
    await town.postgres.kill();
    await town.postgres.start();
    return;
  }
  await town.backend.stop('SIGKILL');
  await town.startBackend();
}

/** A backend must outlive its database. */
function endedByItself({ backend: { child, said } }: KillTown): string[] {
  return child.exitCode === null ? [] : [`The backend ended by itself (${child.exitCode}): ${said.slice(0, 500)}`];
}

function startKiosk(town: KillTown, { dataDir, cardsFile }: KillKiosk, seed: number, mode: 'work' | 'calm' | 'hear'): ProductProcess {
  return new ProductProcess([KIOSK_PROGRAM, dataDir, town.url, cardsFile, String(seed), mode]);
}

/** Everything a kiosk says is out of order, but what the kills explain. */
function complaintsOf({ name }: KillKiosk, { lines }: ProductProcess): string[] {
  return lines.filter((line) => line['working'] !== true && line['calm'] !== true).map((line) => `${name}: ${JSON.stringify(line)}`);
}

async function bringToCalm(town: KillTown, faults: string[], mode: 'calm' | 'hear' = 'calm'): Promise<void> {
  const calming = town.kiosks.map(async (kiosk) => {
    const running = startKiosk(town, kiosk, 0, mode);
    await running.line(`${kiosk.name} is calm`, (line) => line['calm'] === true, { limitMs: CALM_LIMIT_MS });
    faults.push(...complaintsOf(kiosk, running));
    await running.stop();
  });
  await Promise.all(calming);
}

/** The people of each kiosk go to the next one, with their cards. */
function swapPeople({ kiosks }: KillTown): void {
  const files = kiosks.map(({ cardsFile }) => JSON.parse(readFileSync(cardsFile, 'utf8')) as VirtualCardDefinition[]);
  for (const [index, { cardsFile }] of kiosks.entries()) writeCards(cardsFile, files[(index + 1) % files.length] ?? []);
}
