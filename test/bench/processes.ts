/** The agent as a process: how soon it serves, and how much memory it needs. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { ProductProcess, ROOT } from '../support/process.ts';
import type { Town } from '../support/town.ts';
import { median, percentile, type Row } from './rows.ts';

const COMPILE_CACHE = path.join(ROOT, 'node_modules/.cache/kazasu-agent');
const READY_LIMIT_MS = 1_000;
const MEMORY_LIMIT_MB = 150;

/** Starts the agent again and again on a ledger that holds the whole town. Leaves it running. */
export async function agentReady(town: Town, times: number): Promise<Row> {
  const ready: number[] = [];
  const bare: number[] = [];
  for (let time = 0; time < times; time += 1) {
    await town.agent.stop();
    const begun = performance.now();
    // As the shell starts it (electron/agent-keeper.ts).
    town.agent = new ProductProcess(['agent/main.ts', '--config', town.configurationFile, '--stay'], { env: { NODE_COMPILE_CACHE: COMPILE_CACHE } });
    await town.agent.event('agent-ready');
    ready.push(performance.now() - begun);
    await town.agent.line('the window’s address', (line) => line['type'] === 'window');
    bare.push(await bareNode());
  }
  const own = Number((await town.agent.event('agent-ready'))['ms']);
  return {
    name: 'agent_ready_ms',
    value: median(ready),
    unit: 'ms',
    floor: median(bare),
    note: `median of ${times} starts with the town's data there, seen from outside (slowest ${percentile(ready, 1).toFixed(0)}; by the agent's own clock ${own}); floor: node -e ''; limit ${READY_LIMIT_MS}`,
  };
}

async function bareNode(): Promise<number> {
  const begun = performance.now();
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await once(child, 'close');
  return performance.now() - begun;
}

/** After whatever the agent has done until now. */
export async function agentMemory(town: Town, afterWhat: string): Promise<Row> {
  const { pid } = town.agent.child;
  if (pid === undefined) throw new Error('The agent is not running');
  const alone = residentMb(pid);
  const children = childrenOf(pid).map(residentMb);
  const bare = spawn(process.execPath, ['-e', "process.stdout.write('.'); setInterval(() => {}, 1000)"], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(bare.stdout, 'data');
  const floor = residentMb(bare.pid ?? 0);
  bare.kill();
  const readers = children.reduce((sum, mb) => sum + mb, 0);
  return {
    name: 'agent_rss_mb',
    value: alone,
    unit: 'MB',
    floor,
    note: `the agent's process alone, after ${afterWhat}; with its reader process ${(alone + readers).toFixed(0)} MB; floor: a bare node process; limit ${MEMORY_LIMIT_MB}`,
  };
}

/** VmRSS of /proc/PID/status, in MB of 1024 kB. */
function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

function childrenOf(pid: number): number[] {
  const children: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (Number(/PPid:\s+(\d+)/.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1]) === pid) children.push(Number(name));
    } catch {
      // It ended while we looked.
    }
  }
  return children;
}
