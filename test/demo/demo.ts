/**
 * `npm run demo`: the main job without hands, on real parts: a card is laid down, the balance read from the glass, a granted voucher
 * taken, a slip printed, and the town's books asked whether they know, all of it with the network cut and restored on the way. Writes
 * screens, slips and the journal to out/demo/ and ends with 0 only if every step was seen to hold.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { privateRoom } from '../../scripts/private-room.ts';
import { buildRendererIfStale } from '../../scripts/renderer-build.ts';
import { ROOT, runProduct } from '../support/process.ts';
import { Town } from '../support/town.ts';
import { until } from '../support/wait.ts';

const OUT = path.join(ROOT, 'out/demo');
const IN_ROOM = 'KAZASU_DEMO_IN_ROOM';

if (process.env[IN_ROOM] === undefined) {
  await buildRendererIfStale();
  const room = privateRoom();
  if (!room.possible) {
    console.error(`このデモには、専用の空間（root と unshare）が要ります。 The demo needs a private room (root and unshare): ${room.why}`);
    process.exit(69);
  }
  const [program = '', ...words] = [...room.prefix, process.execPath, ...process.argv.slice(1)];
  const done = spawnSync(program, words, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, [IN_ROOM]: '1' } });
  process.exit(done.status ?? 1);
}

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
let steps = 0;
const begun = performance.now();

/** Says what was seen to hold, and keeps a picture of the glass. */
async function seen(town: Town, name: string, what: string): Promise<void> {
  steps += 1;
  await town.page.screenshot({ path: path.join(OUT, `${String(steps).padStart(2, '0')}-${name}.png`) });
  console.log(`  ✓ ${((performance.now() - begun) / 1000).toFixed(1).padStart(5)} s  ${what}`);
}

function must(held: boolean, what: string): void {
  if (!held) throw new Error(`This did not hold: ${what}`);
}

async function glass(town: Town, ...texts: readonly string[]): Promise<void> {
  const text = (await town.page.locator('main').innerText()).replace(/\s+/g, '');
  for (const wanted of texts) must(text.includes(wanted), `「${wanted}」 stands on the glass; it says 「${text}」`);
}

/** Loads the card's offer from the balance on; ends on the screen that says it is done. */
async function load(town: Town, before: string, after: string): Promise<void> {
  await town.press(/受け取る/);
  await town.screen('confirm-load');
  await glass(town, before, after, '5,000円分', 'お金はかかりません');
  await seen(town, 'confirm', `いま ${before} → 入れたあと ${after} (before and after are stated)`);
  await town.press('入れる');
  await town.screen('loaded');
  await glass(town, '入れました', after);
  await seen(town, 'loaded', '入れました (the voucher is in the account)');
}

async function printSlip(town: Town, what: string): Promise<void> {
  const before = town.printer.slips.length;
  await town.press(/紙に出す/);
  await town.screen('printed');
  must(town.printer.slips.length === before + 1, 'exactly one slip came out');
  const slip = town.printer.slips.at(-1);
  must(slip?.marker !== undefined && town.printer.complaints.length === 0, 'the printer proved it, and understood every byte');
  must(slip?.text.includes('役場1-') === true && !slip.text.includes('?'), 'the slip carries its number and no replacement character');
  await seen(town, 'printed', `${what}: ${path.relative(ROOT, slip?.png ?? '')}`);
}

async function leave(town: Town): Promise<void> {
  await town.press('終わる');
  await town.screen('survey');
  await town.press(/^よい$/);
  await town.screen('farewell');
  town.remove();
  await town.screen('start');
  const shown = await town.page.content();
  must(!shown.includes('8,500') && !shown.includes('13,500'), 'nothing of the person is left on the page');
}

async function loadsInBooks(town: Town): Promise<string> {
  return (await runProduct(['backend/main.ts', 'books', ...town.backendPlace])).trim();
}

console.log('かざす窓口: 一通りの実演 (the main job, on real parts)');
const town = await Town.start({ slipsDir: path.join(OUT, 'slips') });
try {
  await town.openWindow();
  await town.screen('start');
  await seen(town, 'start', 'カードを待っている (waiting for a card)');
  const booksBefore = await loadsInBooks(town);

  town.insert('hanako');
  await town.screen('balance');
  await glass(town, 'いま使えるもの', '8,500', '320', '1つ届いています');
  await seen(town, 'balance', 'カードを置くと残高が出る (tap to balance)');
  await load(town, '0円', '5,000円');
  await printSlip(town, '控えが印刷された (a slip, proved by the printer)');
  await leave(town);
  await seen(town, 'start-again', '終わると、なにも残らない (nothing of the person is left)');
  await town.agent.event('sync-pushed');
  const booksOnline = await until('the books know of the first load', async () => {
    const books = await loadsInBooks(town);
    return books !== booksBefore && books;
  });

  await town.link.cut();
  await town.agent.event('sync-offline', { limitMs: 40_000 });
  const cutAt = town.agent.lines.length;
  town.insert('taro');
  await town.screen('balance');
  await seen(town, 'offline-balance', 'ネットワークが切れていても残高が出る (balance with the network cut)');
  await load(town, '0円', '5,000円');
  await printSlip(town, '切れたままでも印刷できる (a slip with the network cut)');
  await leave(town);
  must((await loadsInBooks(town)) === booksOnline, 'the backend cannot know yet');
  await town.link.restore();
  await town.agent.event('sync-pushed', { from: cutAt, limitMs: 90_000 });
  const booksAfter = await until('the books know of the second load', async () => {
    const books = await loadsInBooks(town);
    return books !== booksOnline && books;
  });
  await seen(town, 'caught-up', 'つながると追いつく (caught up after the network came back)');
  writeFileSync(path.join(OUT, 'books.txt'), `${booksAfter}\n`);

  await town.agent.stop();
  for (const suffix of ['', '-wal']) {
    try {
      copyFileSync(`${town.ledgerFile}${suffix}`, path.join(OUT, `ledger.db${suffix}`));
    } catch (error) {
      if (suffix === '') throw error;
    }
  }
  const verified = await runProduct(['scripts/journal.ts', 'verify', path.join(OUT, 'ledger.db')]);
  writeFileSync(path.join(OUT, 'journal.txt'), verified);
  console.log(`  ✓ ${((performance.now() - begun) / 1000).toFixed(1).padStart(5)} s  ${verified.trim().split('\n').at(-1)}`);
  console.log(`\nすべて確かめました。絵は out/demo/ にあります。 All ${steps + 1} steps held; pictures are in out/demo/.`);
} catch (error) {
  await town.page?.screenshot({ path: path.join(OUT, 'failed.png') }).catch(() => undefined);
  console.error(`\n  ✗ ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await town.close();
}
