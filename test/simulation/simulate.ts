/**
 * `npm run simulate -- [--tier fast|full] [--seeds N] [--seed S]`: runs the production agent and backend under seeded faults. `--seed S`
 * runs that seed alone and prints everything that happened in it.
 * `npm run simulate -- --plant NAME|all [--seeds N]`: plants bugs and says at which seed each is found; `all` with the usual number of
 * seeds writes the list into docs/simulation.md.
 * `npm run simulate -- --tier tearing [--case NAME]`: tears cards at every command there is; `--case NAME` runs that case alone.
 * `npm run simulate -- --tier printing [--case NAME]`: lets paper, cable, power and printer fail at every byte of every slip.
 * `npm run simulate -- --tier kills [--kills N] [--seed S]`: real processes, files and PostgreSQL, killed in the middle of their work.
 * `npm run simulate -- --tier hands [--seeds N] [--first S]`: slow hands at the built window in a browser, N visits for each errand (100).
 * The last line is `N passed, M failed`, alone.
 */
import { parseArgs } from 'node:util';
import { bugsCalled, findBugs, findBugsShare, SEEDS_TO_FIND } from './plants/find-bugs.ts';
import { writePage } from './plants/write-page.ts';
import { TIERS, type Tier } from './run-seed.ts';
import { replaySeed, runSeeds, runSeedsShare } from './run-seeds.ts';
import { runTearingCase, runTearingShare, runTearingTier } from './tearing/tearing-tier.ts';
import { runPrintingCase, runPrintingShare, runPrintingTier } from './printing/printing-tier.ts';
import { runKills } from './kills/kill-tier.ts';
import type { TierResult } from './tier-result.ts';

const USAGE = `npm run simulate -- [--tier fast|full] [--seeds N] [--first S] [--seed S]
npm run simulate -- --plant NAME|all [--seeds N]
npm run simulate -- --tier tearing|printing [--case NAME]
npm run simulate -- --tier kills [--kills N] [--seed S]
npm run simulate -- --tier hands [--seeds N] [--first S]`;

const { values } = parseArgs({
  options: {
    tier: { type: 'string', default: 'fast' },
    seeds: { type: 'string' },
    first: { type: 'string', default: '1' },
    seed: { type: 'string' },
    case: { type: 'string' },
    plant: { type: 'string' },
    kills: { type: 'string', default: '100' },
    share: { type: 'string' },
  },
});

const result = await tierCalled(values.tier);
// A part of a run speaks to the process that started it, and leaves the last word to it.
if (result) {
  console.log(`${result.passed} passed, ${result.failed} failed`);
  process.exitCode = result.failed > 0 || result.passed === 0 ? 1 : 0;
}

async function tierCalled(name: string): Promise<TierResult | undefined> {
  switch (name) {
    case 'tearing':
      return counted({ tier: runTearingTier, share: runTearingShare, case: runTearingCase });
    case 'printing':
      return counted({ tier: runPrintingTier, share: runPrintingShare, case: runPrintingCase });
    case 'kills':
      return kills();
    case 'hands':
      return hands();
    default:
      return seeded(name);
  }
}

interface CountedTier {
  tier(program: string): Promise<TierResult>;
  share(share: number, of: number): Promise<void>;
  case(name: string): Promise<TierResult | undefined>;
}

/** A tier whose cases are not drawn but counted out. */
async function counted(run: CountedTier): Promise<TierResult | undefined> {
  if (values.share !== undefined) return void (await run.share(...share(values.share)));
  if (values.case === undefined) return await run.tier(import.meta.filename);
  return (await run.case(values.case)) ?? refuse(`「${values.case}」という場合はありません。 There is no such case.`);
}

async function kills(): Promise<TierResult> {
  const { faults, killed, figures, ...outcome } = await runKills({ kills: whole(values.kills), seed: whole(values.seed ?? '1') }, (line) => console.log(line));
  for (const fault of faults) console.log(fault);
  console.log(`killed: ${killed.kiosk} times a kiosk, ${killed.backend} times the backend, ${killed.database} times PostgreSQL`);
  console.log(`${figures.entries} journal entries, ${figures.movements} movements in the books, ${figures.unknown} of unknown outcome for a while`);
  return outcome;
}

async function hands(): Promise<TierResult> {
  const { runSlowHands } = await import('../slow-hands/slow-hands.ts');
  const { did, ...outcome } = await runSlowHands({ times: whole(values.seeds ?? '100'), first: whole(values.first) }, (line) => console.log(line));
  console.log([...did].map(([what, count]) => `${what}: ${count} times`).join(', '));
  return outcome;
}

async function planted(name: string): Promise<TierResult | undefined> {
  if (!bugsCalled(name)) refuse(`「${name}」というバグはありません。 There is no such planted bug.`);
  const seeds = values.seeds === undefined ? SEEDS_TO_FIND : whole(values.seeds);
  if (values.share !== undefined) return void (await findBugsShare(name, seeds, ...share(values.share)));
  const { result: counted, findings } = await findBugs(name, seeds, import.meta.filename);
  if (name === 'all' && seeds === SEEDS_TO_FIND) writePage(findings, seeds);
  return counted;
}

async function seeded(name: string): Promise<TierResult | undefined> {
  if (values.plant !== undefined) return planted(values.plant);
  if (!(name in TIERS)) refuse(`「${name}」という段階はありません。 Unknown tier.`);
  const tier = name as Tier;
  const choice = { tier, first: whole(values.first), seeds: values.seeds === undefined ? TIERS[tier].seeds : whole(values.seeds) };
  if (values.seed !== undefined) return await replaySeed(whole(values.seed), tier);
  if (values.share !== undefined) return void (await runSeedsShare(choice, ...share(values.share)));
  return await runSeeds(choice, import.meta.filename);
}

/** `1/4`: the second of four. */
function share(text: string): [number, number] {
  const [number, of] = text.split('/').map(whole);
  return number !== undefined && of !== undefined ? [number, of] : refuse(`「${text}」は分け方ではありません。 Not a share.`);
}

function whole(text: string): number {
  const number = Number(text);
  return Number.isSafeInteger(number) && number >= 0 ? number : refuse(`「${text}」は数ではありません。 Not a whole number.`);
}

function refuse(message: string): never {
  console.error(`${message}\n${USAGE}`);
  process.exit(64);
}
