import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { keepAgent } from './agent-keeper.ts';
import { keepProcess, type KeptProcess, type ProcessEnd } from './process-keeper.ts';

const QUICK = { firstMs: 10, longestMs: 80, wellAfterMs: 60_000 };
let kept: KeptProcess | undefined;
afterEach(async () => {
  await kept?.stop();
  kept = undefined;
});

const node = (program: string) => () => spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
const lives = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a process that dies is started again, after pauses that double up to the longest', async () => {
  const ends: ProcessEnd[] = [];
  kept = keepProcess({ start: node('process.exit(3)'), onEnd: (end) => ends.push(end), pauses: QUICK });
  await expect.poll(() => ends.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(5);
  expect(ends.slice(0, 5).map((end) => end.restartInMs)).toEqual([10, 20, 40, 80, 80]);
  expect(ends[0]?.code).toBe(3);
});

test('after a process that lived well the pause is the first one again', async () => {
  const ends: ProcessEnd[] = [];
  kept = keepProcess({ start: node('setTimeout(() => process.exit(1), 30)'), onEnd: (end) => ends.push(end), pauses: { ...QUICK, wellAfterMs: 20 } });
  await expect.poll(() => ends.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(3);
  expect(ends.map((end) => end.restartInMs).slice(0, 3)).toEqual([10, 10, 10]);
});

test('a process that is killed comes back as another one', async () => {
  kept = keepProcess({ start: node('setInterval(() => {}, 1000)'), pauses: QUICK });
  const first = kept.current()?.pid;
  process.kill(first!, 'SIGKILL');
  await expect.poll(() => kept?.current()?.pid !== undefined && kept.current()?.pid !== first, { timeout: 5_000 }).toBe(true);
  expect(kept.restarts()).toBe(1);
});

test('a program that is not there is tried again and said', async () => {
  const ends: ProcessEnd[] = [];
  kept = keepProcess({ start: () => spawn('/nowhere/node', [], { stdio: 'ignore' }), onEnd: (end) => ends.push(end), pauses: QUICK });
  await expect.poll(() => ends.length).toBeGreaterThanOrEqual(2);
  expect(ends[0]?.error?.message).toContain('ENOENT');
});

test('told to stop, it is gone and stays gone', async () => {
  kept = keepProcess({ start: node('setInterval(() => {}, 1000)'), pauses: QUICK });
  const pid = kept.current()!.pid!;
  await kept.stop();
  expect(lives(pid)).toBe(false);
  expect(kept.current()).toBeUndefined();
  expect(kept.restarts()).toBe(0);
});

test('one that does not listen to SIGTERM is killed', async () => {
  let listening = () => {};
  const deaf = new Promise<void>((resolve) => (listening = resolve));
  kept = keepProcess({
    start: node("process.on('SIGTERM', () => {}); process.send('deaf'); setInterval(() => {}, 1000)"),
    onMessage: () => listening(),
    pauses: QUICK,
    patienceMs: 50,
  });
  await deaf;
  const pid = kept.current()!.pid!;
  await kept.stop();
  expect(lives(pid)).toBe(false);
});

test('told to stop while it pauses, it is not started again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    let starts = 0;
    const start = () => {
      starts += 1;
      return node('process.exit(0)')();
    };
    await new Promise<void>((ended) => {
      kept = keepProcess({ start, onEnd: () => ended(), pauses: QUICK });
    });
    await kept?.stop();
    vi.advanceTimersByTime(60_000);
    expect(starts).toBe(1);
  } finally {
    vi.useRealTimers();
  }
});

test('the agent’s address is passed on, each time it starts, and nonsense is not', async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'agent-'));
  mkdirSync(path.join(home, 'agent'));
  writeFileSync(
    path.join(home, 'agent/main.ts'),
    `process.send({ type: 'window', address: 'http://127.0.0.1:1/enter?' + process.pid });
     process.send({ type: 'window', address: 42 });
     process.send({ type: 'serving' });
     setInterval(() => {}, 1000);`,
  );
  const addresses: string[] = [];
  const reports: string[] = [];
  let away = 0;
  kept = keepAgent({
    node: process.execPath,
    home,
    configuration: path.join(home, 'none.json'),
    output: 'inherit',
    onAddress: (address) => addresses.push(address),
    onAway: () => (away += 1),
    onReport: (report) => reports.push(report.type),
    pauses: QUICK,
  });
  await expect.poll(() => reports.length).toBe(2);
  expect(addresses).toEqual([`http://127.0.0.1:1/enter?${kept.current()?.pid}`]);
  kept.current()?.kill('SIGKILL');
  await expect.poll(() => addresses.length, { timeout: 5_000 }).toBe(2);
  expect(away).toBe(1);
  await kept.stop();
  rmSync(home, { recursive: true });
});
