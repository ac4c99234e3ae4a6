/** Which loopback ports `npm start` needs, and who is in the way when one is taken. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

export interface StartPorts {
  /** The kiosk's window. */
  readonly agent: number;
  readonly backend: number;
  /** The simulated network: the agent reaches the backend through it. */
  readonly link: number;
}

export const DEFAULT_AGENT_PORT = 8680;

export function portsFrom(agent: number): StartPorts {
  return { agent, backend: agent + 10, link: agent + 11 };
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/**
 * Waits a moment for ports that a kiosk which was just killed still holds.
 * @returns the ports that stay taken
 */
export async function takenOf(ports: readonly number[], patienceMs = 3_000): Promise<number[]> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const taken: number[] = [];
    for (const port of ports) if (!(await isFree(port))) taken.push(port);
    if (taken.length === 0 || performance.now() > deadline) return taken;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The program that listens on the port, as far as this user may know. */
export function holderOf(port: number): string | undefined {
  const said = spawnSync('ss', ['-Hltnp', `sport = :${port}`], { encoding: 'utf8' }).stdout as string | null;
  const pid = /users:\(\("[^"]+",pid=(\d+)/.exec(said ?? '')?.[1];
  if (pid === undefined) return undefined;
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
  return `pid ${pid}: ${words.slice(0, 100)}`;
}
