/**
 * A pcscd of one's own, with a virtual reader that can be unplugged. For tests and demonstrations that must start, stop, kill and
 * freeze PC/SC; so it works only inside a private room (scripts/private-room.ts: own network and own /run/pcscd), and refuses elsewhere:
 * the pcscd of a machine belongs to everybody on it.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const SOCKET = '/run/pcscd/pcscd.comm';
const PID_FILE = '/run/pcscd/pcscd.pid';
const START_LIMIT_MS = 10_000;
/** Where vpcd listens, a port per slot. */
const VPCD_PORTS = [35_963, 35_964] as const;
const DRIVERS = '/usr/lib/pcsc/drivers';
const VPCD_DRIVER = path.join(DRIVERS, 'serial/libifdvpcd.so');
const READER_SOURCE = path.join(import.meta.dirname, 'pluggable-reader.c');
/** What pcscd must know about the driver of a USB reader; the identifiers are those of pluggable-reader.c. */
const DRIVER_DESCRIPTION = `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
  <key>CFBundleExecutable</key><string>pluggable-reader.so</string>
  <key>CFBundleName</key><string>KAZASU_PLUGGABLE</string>
  <key>ifdVendorID</key><array><string>0xFFFF</string></array>
  <key>ifdProductID</key><array><string>0x8C7B</string></array>
  <key>ifdFriendlyName</key><array><string>Virtual PCD</string></array>
</dict></plist>
`;

/** Name of the virtual reader's first slot as long as no other reader is there. */
export const VIRTUAL_READER_NAME = 'Virtual PCD 00 00';
export const SECOND_VIRTUAL_READER_NAME = 'Virtual PCD 00 01';

/** @throws Error that says what is missing, when this process is not in a private room */
export function requirePrivateRoom(): void {
  const how = 'Run the tests with `npm test` as root: it makes a private network and /run/pcscd for them.';
  if (process.platform !== 'linux') throw new Error(`A private pcscd needs Linux. ${how}`);
  if (process.getuid?.() !== 0) throw new Error(`A private pcscd needs root. ${how}`);
  const loopback = execFileSync('ip', ['-o', 'link', 'show'], { encoding: 'utf8' }).trim().split('\n');
  const ownRun = execFileSync('findmnt', ['--noheadings', '--output', 'FSTYPE', '--target', '/run/pcscd'], { encoding: 'utf8' }).trim().endsWith('tmpfs');
  const elsewhere = readlinkSync('/proc/self/ns/net') !== namespaceOfFirstProcess();
  if (loopback.length > 1 && !elsewhere) throw new Error(`This is not a private room: other network devices are here. ${how}`);
  if (!ownRun) throw new Error(`This is not a private room: /run/pcscd is not its own. ${how}`);
}

function namespaceOfFirstProcess(): string {
  try {
    return readlinkSync('/proc/1/ns/net');
  } catch {
    return '';
  }
}

export class PrivatePcscd {
  readonly #directory: string;
  readonly #unpluggedFile: string;
  readonly #reader: string;
  #daemon: ChildProcess | undefined;

  /** @throws Error outside a private room, or when the compiler or vpcd is missing */
  constructor() {
    requirePrivateRoom();
    this.#directory = mkdtempSync(path.join(tmpdir(), 'kazasu-pcscd-'));
    const plug = path.join(this.#directory, 'plug');
    const library = path.join(this.#directory, 'drivers/pluggable-reader.bundle/Contents/Linux');
    for (const folder of [plug, library, path.join(this.#directory, 'reader.conf.d')]) mkdirSync(folder, { recursive: true });
    this.#unpluggedFile = path.join(plug, 'unplugged');
    this.#reader = path.join(library, 'pluggable-reader.so');
    if (!existsSync(VPCD_DRIVER)) throw new Error(`vpcd's driver is not at ${VPCD_DRIVER}: apt-get install vsmartcard-vpcd`);
    copyFileSync(VPCD_DRIVER, path.join(library, 'libifdvpcd.so'));
    execFileSync('g++', ['-x', 'c', '-shared', '-fPIC', '-O1', '-I/usr/include/PCSC', '-o', this.#reader, READER_SOURCE, '-ldl'], { stdio: 'pipe' });
    writeFileSync(path.join(library, '../Info.plist'), DRIVER_DESCRIPTION);
    // pcscd looks for the drivers of USB readers only there. The mount belongs to this room and ends with it.
    execFileSync('mount', ['--bind', path.join(this.#directory, 'drivers'), DRIVERS]);
  }

  get pid(): number | undefined {
    return this.#daemon?.pid;
  }

  /**
   * Starts pcscd and waits until it answers and, when the reader is plugged in, has brought it up. A socket that a killed pcscd left
   * behind is replaced.
   * @throws Error when it does not start, or when something else has vpcd's port
   */
  async start(): Promise<void> {
    if (this.#daemon) throw new Error('This pcscd is running');
    if (await answers()) throw new Error('Another pcscd is running in this room');
    const daemon = spawn('pcscd', ['--foreground', '--config', path.join(this.#directory, 'reader.conf.d')], {
      stdio: 'ignore',
      env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/bin`, LD_PRELOAD: this.#reader, KAZASU_READER_UNPLUGGED: this.#unpluggedFile },
    });
    this.#daemon = daemon;
    daemon.once('exit', () => {
      if (this.#daemon === daemon) this.#daemon = undefined;
    });
    const end = performance.now() + START_LIMIT_MS;
    const until = async (trouble: string, holds: () => boolean | Promise<boolean>) => {
      while (!(await holds())) {
        if (!this.#daemon || performance.now() > end) throw new Error(trouble);
        await pause(20);
      }
    };
    await until('pcscd did not start', answers);
    if (existsSync(this.#unpluggedFile)) return;
    await until(
      `pcscd has not brought its virtual reader up: is one of the ports ${VPCD_PORTS.join(', ')} used, or was it until a minute ago?`,
      () => this.readerIsUp,
    );
  }

  /** True while pcscd has both slots of the virtual reader. */
  get readerIsUp(): boolean {
    return VPCD_PORTS.every(isListenedAt);
  }

  /** True when pcscd has let go of both slots. */
  get readerIsGone(): boolean {
    return !VPCD_PORTS.some(isListenedAt);
  }

  /** Ends pcscd; with SIGKILL it leaves its socket and its pid file behind, as after a crash. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const daemon = this.#daemon;
    if (!daemon) return;
    const gone = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill('SIGCONT');
    daemon.kill(signal);
    await gone;
  }

  /** Freezes pcscd: it is there, and says nothing. */
  freeze(): void {
    this.#daemon?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#daemon?.kill('SIGCONT');
  }

  /** Pulls the virtual reader's plug: while pcscd runs, both slots vanish from PC/SC through pcscd's own hot-plug code. */
  unplugReader(): void {
    writeFileSync(this.#unpluggedFile, '');
  }

  /** Plugs it in again. */
  replugReader(): void {
    rmSync(this.#unpluggedFile, { force: true });
  }

  async close(): Promise<void> {
    await this.stop();
    execFileSync('umount', ['--lazy', DRIVERS]);
    rmSync(this.#directory, { recursive: true, force: true });
    for (const file of [SOCKET, PID_FILE]) if (existsSync(file)) rmSync(file);
  }
}

/** By the kernel's table: a connection would be a card. */
function isListenedAt(port: number): boolean {
  const LISTEN = '0A';
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return ['/proc/net/tcp', '/proc/net/tcp6'].some((table) =>
    existsSync(table) && readFileSync(table, 'utf8').split('\n').some((line) => {
      const [, local, , state] = line.trim().split(/\s+/);
      return state === LISTEN && local?.endsWith(`:${hex}`);
    }),
  );
}

async function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(SOCKET);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
