/**
 * Starts the agent under plain Node (never inside Electron: its native modules are built for Node), listens to its reports and keeps
 * it alive. Tells the shell what to show: the agent's address, or that there is none at the moment.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { AgentReport } from '../contract/kiosk.ts';
import { keepProcess, type KeptProcess, type Pauses, type ProcessEnd } from './process-keeper.ts';

export interface AgentKeeperOptions {
  /** The Node program, the agent's directory (it holds agent/main.ts) and the configuration file: absolute paths. */
  readonly node: string;
  readonly home: string;
  readonly configuration: string;
  /** Where its log lines go: our own standard output, or an open file. */
  readonly output?: 'inherit' | number;
  readonly onAddress: (address: string) => void;
  /** The agent ended; the window has nothing to show until the next address. */
  readonly onAway: (end: ProcessEnd) => void;
  readonly onReport?: (report: AgentReport) => void;
  readonly pauses?: Pauses;
}

export function keepAgent(options: AgentKeeperOptions): KeptProcess {
  const output = options.output ?? 'inherit';
  return keepProcess({
    ...(options.pauses ? { pauses: options.pauses } : {}),
    start: () =>
      spawn(options.node, ['agent/main.ts', '--config', options.configuration, '--stay'], {
        cwd: options.home,
        // The agent switches the same cache on by itself; from here it holds for the agent's first file too.
        env: { ...process.env, NODE_COMPILE_CACHE: path.join(options.home, 'node_modules/.cache/kazasu-agent') },
        stdio: ['ignore', output, output, 'ipc'],
        // Ctrl-C in a terminal is for the shell, which then stops the agent in good order.
        detached: true,
      }),
    onMessage: (message) => {
      const report = AgentReport.safeParse(message);
      if (!report.success) return;
      options.onReport?.(report.data);
      if (report.data.type === 'window') options.onAddress(report.data.address);
    },
    onEnd: options.onAway,
  });
}
