/** Where the shell finds the agent, the Node that runs it, and its configuration. */
import path from 'node:path';

export interface Surroundings {
  readonly packaged: boolean;
  /** Electron's `process.resourcesPath`. */
  readonly resources: string;
  /** The checkout, when it is not packaged. */
  readonly project: string;
  readonly platform: NodeJS.Platform;
  readonly architecture: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly words: readonly string[];
}

export interface Places {
  readonly node: string;
  readonly home: string;
  readonly configuration: string;
}

/** The configuration is named by `--agent-config=FILE`, else lies where the system keeps such files. */
export function placesOf(around: Surroundings): Places {
  const windows = around.platform === 'win32';
  const program = windows ? 'node.exe' : 'node';
  const join = (...parts: string[]) => (windows ? path.win32 : path.posix).join(...parts);
  const named = around.words.find((word) => word.startsWith('--agent-config='))?.slice('--agent-config='.length);
  return {
    node: around.packaged ? join(around.resources, 'node', program) : join(around.project, 'node_modules', `node-${windows ? 'win' : 'linux'}-${around.architecture}`, 'bin', program),
    home: around.packaged ? join(around.resources, 'kiosk') : around.project,
    configuration:
      named ??
      (windows
        ? join(around.environment['ProgramData'] ?? 'C:\\ProgramData', 'Kazasu', 'kazasu.config.json')
        : '/etc/kazasu/kazasu.config.json'),
  };
}
