/**
 * `npm run bench [-- --quick]`: measures what residents wait for and what the machine must carry, each beside a floor from the same run;
 * a table on the screen and out/bench.json. Runs in a private room (scripts/private-room.ts), where the virtual reader is as fast as
 * a real one and nobody is disturbed.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { privateRoom } from '../../scripts/private-room.ts';
import { buildRendererIfStale } from '../../scripts/renderer-build.ts';
import { ROOT } from '../support/process.ts';
import { Town } from '../support/town.ts';
import { backendRows } from './backend.ts';
import { cardRows } from './cards.ts';
import { firstScreen } from './first-screen.ts';
import { ledgerRow } from './ledger.ts';
import { lookupRows } from './lookups.ts';
import { postingRows } from './posting.ts';
import { agentMemory, agentReady } from './processes.ts';
import { reconnectRows } from './reconnect.ts';
import { machine, table, writeReport, type Row } from './rows.ts';
import { seedsRow } from './seeds.ts';
import { slipRows } from './slips.ts';
import { openWatchedWindow, printSlips, tapToBalance, touchToPaint } from './window.ts';

const IN_ROOM = 'KAZASU_BENCH_IN_ROOM';
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const quick = values.quick;

if (process.env[IN_ROOM] === undefined) {
  await buildRendererIfStale();
  const room = privateRoom();
  if (!room.possible) {
    console.error(`専用の空間を作れないので、測れません (no private room for the bench): ${room.why}. Linux で root として実行してください。`);
    process.exit(69);
  }
  const [program = '', ...words] = [...room.prefix, process.execPath, import.meta.filename, ...process.argv.slice(2)];
  const { status } = spawnSync(program, words, { stdio: 'inherit', cwd: ROOT, env: { ...process.env, [IN_ROOM]: '1' } });
  process.exit(status ?? 1);
}

const begun = performance.now();
const about = machine();
const rows: Row[] = [];
const measured = (...more: readonly Row[]): void => {
  rows.push(...more);
  for (const row of more) console.log(`  ${row.name}  (${((performance.now() - begun) / 1_000).toFixed(0)} s)`);
};

const taps = quick ? 30 : 100;
const slips = 5;
const town = await Town.start();
try {
  measured(await agentReady(town, quick ? 3 : 7));
  const { page, painted, presses } = await openWatchedWindow(town);
  await town.screen('start');
  measured(await tapToBalance(town, painted, taps));
  measured(await touchToPaint(page, presses, quick ? 30 : 100));
  await printSlips(town, slips);
  measured(await agentMemory(town, `${taps} taps and ${slips} slips`));
} finally {
  await town.close();
}
measured(...(await cardRows()));
measured(await firstScreen());
measured(ledgerRow(quick ? 1 : 4));
measured(...(await slipRows(quick ? 200 : 1_000)));
measured(...(await backendRows(quick ? 2 : 6)));
measured(...(await lookupRows(quick ? 100_000 : 1_000_000)));
measured(...(await postingRows(quick ? 2 : 5, quick ? { alone: 640, batched: 3_200, overHttp: 320 } : { alone: 6_400, batched: 32_000, overHttp: 3_200 })));
measured(...(await reconnectRows(quick ? 10_000 : 100_000)));
measured(await seedsRow(quick ? 5 : 20));

const order = ['tap_to_balance_ms_p95', 'touch_to_paint_ms_p95', 'agent_ready_ms', 'agent_rss_mb'];
const place = ({ name }: Row) => (order.includes(name) ? order.indexOf(name) : order.length);
rows.sort((a, b) => place(a) - place(b));
const file = path.join(ROOT, 'out/bench.json');
writeReport(file, about, rows);
console.log(`\n${table(rows)}\n`);
console.log(`${about.model}, ${about.processors} processors, load ${about.loadBefore.toFixed(1)} before; ${((performance.now() - begun) / 1_000).toFixed(0)} s; ${file}`);
