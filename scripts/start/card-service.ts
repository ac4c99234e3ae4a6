/**
 * pcscd, the system's card service: is it there, which readers does it know. Never constructs the PC/SC binding in this process: it
 * spins for ever when pcscd is away.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';

const SOCKET = '/run/pcscd/pcscd.comm';
/** What the virtual reader's driver calls its slots. */
const VIRTUAL = /^Virtual PCD/;
export const VIRTUAL_READER_PORT = 35_963;

export function answersAt(where: string | number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = typeof where === 'string' ? connect(where) : connect(where, '127.0.0.1');
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

export const cardServiceAnswers = () => answersAt(SOCKET);

export async function untilCardServiceAnswers(patienceMs = 5_000): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  while (!(await cardServiceAnswers())) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

/** How pcscd can be started here: directly, through sudo, or not at all. */
export function waysToStartCardService(): { readonly possible: true; readonly start: () => ChildProcess } | { readonly possible: false; readonly why: 'not-installed' | 'not-root' } {
  const program = ['/usr/sbin/pcscd', '/usr/bin/pcscd', '/usr/local/sbin/pcscd'].find((place) => existsSync(place));
  if (!program) return { possible: false, why: 'not-installed' };
  const root = process.getuid?.() === 0;
  if (!root && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) return { possible: false, why: 'not-root' };
  // The kernel ends it when this process is killed; pcscd itself would go on.
  const words = ['setpriv', '--pdeathsig', 'TERM', program, '--foreground'];
  const command = root ? words : ['sudo', '-n', ...words];
  return { possible: true, start: () => spawn(command[0]!, command.slice(1), { stdio: 'ignore', detached: true }) };
}

/** Asks the binding in a process of its own, for as long as pcscd needs to name what it has. */
const LIST = `
  const pcsc = require('@pokusew/pcsclite')();
  const names = [];
  pcsc.on('reader', (reader) => { names.push(reader.name); reader.on('error', () => {}); });
  pcsc.on('error', () => {});
  setTimeout(() => { process.stdout.write(JSON.stringify(names)); process.exit(0); }, 400);
`;

/** Names of all readers, virtual ones as well; undefined when pcscd could not be asked. */
export function listReaders(root: string): Promise<string[] | undefined> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['-e', LIST], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
    const limit = setTimeout(() => child.kill('SIGKILL'), 5_000);
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('close', () => {
      clearTimeout(limit);
      try {
        resolve(JSON.parse(said) as string[]);
      } catch {
        resolve(undefined);
      }
    });
  });
}

export const isVirtualReader = (name: string): boolean => VIRTUAL.test(name);
