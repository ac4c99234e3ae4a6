/** The card reader on a real pcscd: every hazard ends in the right status and heals by itself. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { PrivatePcscd, SECOND_VIRTUAL_READER_NAME, VIRTUAL_READER_NAME } from '../simulator/private-pcscd.ts';
import { virtualCardOf, type VirtualCard } from '../simulator/virtual-card.ts';
import { VirtualReader } from '../simulator/virtual-reader.ts';
import type { CardPresence, CardReader, TransmitResult } from './card-reader.ts';
import { createPcscCardReader, type PcscCardReaderOptions, type ReaderDiagnostic } from './pcsc-card-reader.ts';

type Present = Extract<CardPresence, { kind: 'present' }>;
const LIMIT_MS = 20_000;
const ASK = Uint8Array.from(Buffer.from('FFCA000000', 'hex'));
const root = path.resolve(import.meta.dirname, '../..');

let pcscd: PrivatePcscd;
let first: VirtualReader;
let second: VirtualReader;
let reader: CardReader;
let diagnostics: ReaderDiagnostic[];
let history: string[];

beforeAll(() => {
  pcscd = new PrivatePcscd();
});
afterAll(async () => {
  await pcscd.close();
});
beforeEach(() => {
  first = new VirtualReader();
  second = new VirtualReader({ port: 35_964 });
});
afterEach(async () => {
  first.remove();
  second.remove();
  await reader.close();
  pcscd.replugReader();
  await pcscd.stop();
});

function open(options: Partial<PcscCardReaderOptions> = {}): void {
  diagnostics = [];
  history = [];
  const opened = createPcscCardReader({ allow: () => true, heartbeatMs: 200, onDiagnostic: (diagnostic) => diagnostics.push(diagnostic), ...options });
  reader = opened;
  opened.onChange(() => history.push(`${statusOf(opened)} ${opened.presence().kind}`));
}

function statusOf(of: CardReader = reader): string {
  const status = of.status();
  return status.kind === 'faulty' ? `faulty: ${status.why}` : status.kind;
}

/** Waits for a change that makes `condition` true. */
async function until<T>(what: string, condition: () => T | false | undefined): Promise<T> {
  const now = condition();
  if (now !== false && now !== undefined) return now;
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      stop();
      reject(new Error(`${what} did not come; it is ${statusOf()}, ${reader.presence().kind}; before: ${history.slice(-8).join(', ')}`));
    }, LIMIT_MS);
    const stop = reader.onChange(() => {
      const value = condition();
      if (value === false || value === undefined) return;
      clearTimeout(limit);
      stop();
      resolve(value);
    });
  });
}
const status = (wanted: string) => until(wanted, () => statusOf() === wanted);
const present = (after = 0) =>
  until('a card', (): Present | undefined => {
    const presence = reader.presence();
    return presence.kind === 'present' && presence.generation > after ? presence : undefined;
  });
const presence = (kind: CardPresence['kind']) => until(kind, () => reader.presence().kind === kind);
/** For what is not said by the reader: asks again and again. */
const eventually = (what: string, condition: () => boolean) => expect.poll(condition, { timeout: LIMIT_MS, interval: 20, message: what }).toBe(true);

const storageCard = (uid = '0114B34A5F2C1D00'): VirtualCard => virtualCardOf({ name: uid, model: 'identifier', uid });
const uidIn = (result: TransmitResult) => (result.kind === 'answered' ? Buffer.from(result.response).toString('hex').toUpperCase() : result.kind);
const processes = () => diagnostics.flatMap((diagnostic) => (diagnostic.kind === 'process-started' ? [diagnostic.pid] : []));
const currentProcess = () => processes().at(-1)!;
const ends = () => diagnostics.flatMap((diagnostic) => (diagnostic.kind === 'process-ended' ? [diagnostic.why] : []));

/** Seconds of processor time a process has used. */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
function isRunning(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]![0] !== 'Z';
  } catch {
    return false;
  }
}

async function ready(options: Partial<PcscCardReaderOptions> = {}): Promise<void> {
  await pcscd.start();
  open(options);
  await status('ready');
}

test('it starts, sees a card, asks it, and sees it leave', async () => {
  await pcscd.start();
  open();
  expect(reader.status()).toEqual({ kind: 'starting' });
  await until('both slots', () => {
    const now = reader.status();
    return now.kind === 'ready' && now.readers.length === 2;
  });
  first.insert(storageCard());
  const card = await present();
  expect(card.reader).toBe(VIRTUAL_READER_NAME);
  expect(Buffer.from(card.atr).toString('hex').toUpperCase()).toBe('3B8F8001804F0CA00000030611003B0000000042');
  expect(uidIn(await reader.transmit(card.generation, ASK))).toBe('0114B34A5F2C1D009000');
  first.remove();
  await presence('none');
  expect(await reader.transmit(card.generation, ASK)).toEqual({ kind: 'card-moved' });
  expect(first.commands).toHaveLength(1);
});

test('30 cards come and go, and none is missed', async () => {
  await ready();
  let last = 0;
  for (let index = 0; index < 30; index += 1) {
    const uid = `0400000000${(index + 16).toString(16)}80`;
    first.insert(storageCard(uid));
    const card = await present(last);
    expect(uidIn(await reader.transmit(card.generation, ASK))).toBe(`${uid}9000`.toUpperCase());
    last = card.generation;
    first.remove();
    await presence('none');
  }
  expect(ends()).toEqual([]);
  expect(history.filter((entry) => entry.endsWith('present'))).toHaveLength(30);
});

test('readers that are not allowed do not exist', async () => {
  await pcscd.start();
  open({ allow: (name) => name === SECOND_VIRTUAL_READER_NAME });
  await status('ready');
  expect(reader.status()).toEqual({ kind: 'ready', readers: [SECOND_VIRTUAL_READER_NAME] });
  first.insert(storageCard('04AAAAAAAAAAAA'));
  second.insert(storageCard('04BBBBBBBBBBBB'));
  const card = await present();
  expect(uidIn(await reader.transmit(card.generation, ASK))).toBe('04BBBBBBBBBBBB9000');
  first.remove();
  second.remove();
  await presence('none');
  await reader.close();
  open({ allow: () => false });
  await status('absent');
});

test('pcscd is not there at the start: it says so, uses no processor time, and heals when pcscd comes', async () => {
  open();
  await status('service-down');
  const pid = currentProcess();
  const begun = performance.now();
  const used = processorTime(pid);
  await new Promise<void>((resolve) => setTimeout(resolve, 3_000));
  // A spinning process would have used some 3 s.
  expect((processorTime(pid) - used) / ((performance.now() - begun) / 1_000)).toBeLessThan(0.05);
  expect(currentProcess()).toBe(pid);
  first.insert(storageCard());
  await pcscd.start();
  expect(uidIn(await reader.transmit((await present()).generation, ASK))).toBe('0114B34A5F2C1D009000');
});

test.each(['SIGTERM', 'SIGKILL'] as const)('pcscd ends by %s and comes back: the card that lies there is seen anew', async (signal) => {
  await ready();
  first.insert(storageCard());
  const before = await present();
  await reader.transmit(before.generation, ASK);
  await pcscd.stop(signal);
  await status('service-down');
  expect(reader.presence()).toEqual({ kind: 'none' });
  expect(await reader.transmit(before.generation, ASK)).toEqual({ kind: 'reader-lost' });
  expect(history).not.toContain('absent none');
  await pcscd.start();
  const after = await present(before.generation);
  expect(uidIn(await reader.transmit(after.generation, ASK))).toBe('0114B34A5F2C1D009000');
  expect(await reader.transmit(before.generation, ASK)).toEqual({ kind: 'card-moved' });
});

test('pcscd freezes: the reader does not answer; it thaws: all is well', async () => {
  await ready({ commandLimitMs: 1_000 });
  first.insert(storageCard());
  const card = await present();
  pcscd.freeze();
  expect(await reader.transmit(card.generation, ASK)).toEqual({ kind: 'reader-lost' });
  await status('faulty: not-answering');
  pcscd.thaw();
  await present(card.generation);
});

test('the reader is unplugged and plugged in again, with a card on it and without', async () => {
  await ready();
  for (const withCard of [false, true]) {
    if (withCard) first.insert(storageCard());
    const generation = withCard ? (await present()).generation : 0;
    if (withCard) await reader.transmit(generation, ASK);
    pcscd.unplugReader();
    await status('absent');
    expect(reader.presence()).toEqual({ kind: 'none' });
    expect(await reader.transmit(generation, ASK)).toEqual({ kind: 'reader-lost' });
    pcscd.replugReader();
    await status('ready');
    if (withCard) expect(uidIn(await reader.transmit((await present(generation)).generation, ASK))).toBe('0114B34A5F2C1D009000');
  }
});

test('the reader is unplugged during a command', async () => {
  await ready();
  first.insert(storageCard());
  const card = await present();
  await reader.transmit(card.generation, ASK);
  first.faults.failNext('slow-answer');
  const result = reader.transmit(card.generation, ASK);
  await eventually('the card got the command', () => first.commands.length === 2);
  pcscd.unplugReader();
  expect((await result).kind).not.toBe('answered');
  await status('absent');
  expect(first.commands).toHaveLength(2);
});

test('two cards on two readers: neither is sent anything; when one leaves, the other is a new presence', async () => {
  await ready();
  first.insert(storageCard('04AAAAAAAAAAAA'));
  const alone = await present();
  second.insert(storageCard('04BBBBBBBBBBBB'));
  await presence('several');
  expect(reader.presence()).toMatchObject({ kind: 'several', count: 2 });
  const several = reader.presence() as Extract<CardPresence, { kind: 'several' }>;
  for (const generation of [alone.generation, several.generation]) expect(await reader.transmit(generation, ASK)).toEqual({ kind: 'card-moved' });
  first.remove();
  const other = await present(several.generation);
  expect(other.reader).toBe(SECOND_VIRTUAL_READER_NAME);
  expect(uidIn(await reader.transmit(other.generation, ASK))).toBe('04BBBBBBBBBBBB9000');
  expect([first.commands.length, second.commands.length]).toEqual([0, 1]);
});

test('a card that is lifted while it is powered up is unreadable, and the next one is read', async () => {
  await ready();
  const told: CardPresence[] = [];
  reader.onChange(() => told.push(reader.presence()));
  // pcscd looks every 400 ms and tells of the arrival only when it looks again; then the card is gone, and now and then it tells nothing.
  for (let tries = 0; told.length === 0 && tries < 10; tries += 1) {
    first.faults.failNext('lifted-during-power-up');
    first.insert(storageCard());
    await eventually('the card was lifted', () => first.card === undefined);
    await Promise.race([eventually('it was told', () => told.length > 0), new Promise((resolve) => setTimeout(resolve, 1_000))]);
  }
  expect(told[0]).toMatchObject({ kind: 'unreadable', why: 'moved-too-early', reader: VIRTUAL_READER_NAME });
  await presence('none');
  first.insert(storageCard());
  await present();
});

test('a mute card is unreadable and stays so; the next one is read', async () => {
  await ready();
  first.faults.failRepeatedly('mute');
  first.insert(storageCard());
  await presence('unreadable');
  const { generation } = reader.presence() as Extract<CardPresence, { kind: 'unreadable' }>;
  await until('mute', () => {
    const now = reader.presence();
    return now.kind === 'unreadable' && now.why === 'mute';
  });
  expect(reader.presence()).toMatchObject({ generation });
  expect(await reader.transmit(generation, ASK)).toEqual({ kind: 'card-moved' });
  first.remove();
  await presence('none');
  first.faults.clear();
  first.insert(storageCard());
  await present();
});

test('a card that fails its first power-up and would work at the second is read without being lifted', async () => {
  await ready();
  first.faults.failNext('mute');
  first.insert(storageCard());
  await presence('unreadable');
  expect(uidIn(await reader.transmit((await present()).generation, ASK))).toBe('0114B34A5F2C1D009000');
});

test.each(['lost-command', 'lost-answer', 'short-answer'] as const)('%s: the command is not sent again, and the card is seen anew', async (fault) => {
  await ready();
  first.insert(storageCard());
  const card = await present();
  await reader.transmit(card.generation, ASK);
  first.faults.failNext(fault);
  expect(await reader.transmit(card.generation, ASK)).toEqual({ kind: 'card-moved' });
  expect(first.commands).toHaveLength(fault === 'lost-command' ? 1 : 2);
  const again = await present(card.generation);
  expect(uidIn(await reader.transmit(again.generation, ASK))).toBe('0114B34A5F2C1D009000');
});

test('a garbled answer is handed on as it came', async () => {
  await ready();
  first.insert(storageCard());
  const card = await present();
  first.faults.failNext('garbled-answer');
  expect(uidIn(await reader.transmit(card.generation, ASK))).toBe('FEEB4CB5A0D3E2FF6FFF');
});

test('a card exchanged during a command never gets, and never gives, the result of the other', async () => {
  await ready();
  let last = 0;
  for (let round = 0; round < 5; round += 1) {
    const before = first.commands.length;
    first.insert(storageCard('04AAAAAAAAAAAA'));
    const card = await present(last);
    // Connected, so that pcscd notices nothing but the failed command.
    await reader.transmit(card.generation, ASK);
    first.beforeAnswer = () => {
      first.beforeAnswer = undefined;
      first.remove();
      first.insert(storageCard('04BBBBBBBBBBBB'));
    };
    const results = await Promise.all([reader.transmit(card.generation, ASK), reader.transmit(card.generation, ASK), reader.transmit(card.generation, ASK)]);
    expect(results.map((result) => result.kind)).toEqual(['card-moved', 'card-moved', 'card-moved']);
    expect(first.commands.length - before).toBe(2);
    const other = await present(card.generation);
    expect(uidIn(await reader.transmit(other.generation, ASK))).toBe('04BBBBBBBBBBBB9000');
    last = other.generation;
    first.remove();
    await presence('none');
  }
});

test('an exchanged card is announced with its own ATR, even when pcscd did not see the exchange', async () => {
  await ready();
  first.insert(storageCard());
  const card = await present();
  await reader.transmit(card.generation, ASK);
  first.beforeAnswer = () => {
    first.beforeAnswer = undefined;
    first.remove();
    first.insert(virtualCardOf({ name: 'bank', model: 'payment', uid: '04112233445566' }));
  };
  await reader.transmit(card.generation, ASK);
  const bank = await present(card.generation);
  expect(Buffer.from(bank.atr).toString('hex').toUpperCase()).toBe('3B8A80010031C173C8400000900090');
  expect(first.card?.alarms).toEqual([]);
});

test('a reader that says nothing any more: the command ends after its limit, the process is replaced, the next card is read', async () => {
  await ready({ commandLimitMs: 700 });
  first.insert(storageCard());
  const card = await present();
  first.faults.failNext('silent');
  expect(await reader.transmit(card.generation, ASK)).toEqual({ kind: 'reader-lost' });
  await status('faulty: not-answering');
  expect(ends()).toContain('frozen');
  first.remove();
  await status('ready');
  first.insert(storageCard());
  expect(uidIn(await reader.transmit((await present(card.generation)).generation, ASK))).toBe('0114B34A5F2C1D009000');
});

test('a frozen process is killed and replaced, and the agent runs on meanwhile', async () => {
  // So long that only the heartbeat can find it out.
  await ready({ commandLimitMs: 60_000 });
  first.insert(storageCard());
  const card = await present();
  const frozen = currentProcess();
  let longestPause = 0;
  let tick = performance.now();
  const ticking = setInterval(() => {
    longestPause = Math.max(longestPause, performance.now() - tick);
    tick = performance.now();
  }, 5);
  process.kill(frozen, 'SIGSTOP');
  const pending = reader.transmit(card.generation, ASK);
  await status('faulty: not-answering');
  expect(await pending).toEqual({ kind: 'reader-lost' });
  expect(isRunning(frozen)).toBe(false);
  const again = await present(card.generation);
  clearInterval(ticking);
  expect(uidIn(await reader.transmit(again.generation, ASK))).toBe('0114B34A5F2C1D009000');
  expect(longestPause).toBeLessThan(150);
});

test('a process that crashes again and again is started again, ever more slowly, and heals', async () => {
  await ready();
  const begun = performance.now();
  for (let crash = 0; crash < 4; crash += 1) {
    process.kill(currentProcess(), 'SIGSEGV');
    await status('faulty: not-answering');
    await status('ready');
  }
  // 100 + 200 + 400 + 800 ms.
  expect(performance.now() - begun).toBeGreaterThan(1_500);
  first.insert(storageCard());
  await present();
  expect(ends()).toEqual(['crashed', 'crashed', 'crashed', 'crashed']);
});

test('the native module is missing: it says so', async () => {
  const empty = mkdtempSync(path.join(tmpdir(), 'kazasu-empty-'));
  const module = path.join(root, 'node_modules/@pokusew/pcsclite/build');
  await pcscd.start();
  execFileSync('mount', ['--bind', empty, module]);
  try {
    open();
    await status('faulty: driver-missing');
    expect(diagnostics.find((diagnostic) => diagnostic.kind === 'driver-missing')).toMatchObject({ detail: expect.stringContaining('Could not locate') as string });
  } finally {
    execFileSync('umount', [module]);
    rmSync(empty, { recursive: true });
  }
  await status('ready');
});

test.each(['exclusive', 'shared'] as const)('connected %s: another program is kept away or not', async (share) => {
  await ready();
  first.insert(storageCard());
  const card = await present();
  const another = createPcscCardReader({ allow: () => true });
  try {
    await eventually('the other program sees the card', () => another.presence().kind === 'present');
    const { generation } = another.presence() as Present;
    expect(await reader.connect(card.generation, { share })).toBe('connected');
    expect(await another.connect(generation, { share: 'shared' })).toBe(share === 'exclusive' ? 'in-use' : 'connected');
    if (share === 'exclusive') {
      expect(uidIn(await reader.transmit(card.generation, ASK))).toBe('0114B34A5F2C1D009000');
      await reader.disconnect(card.generation, 'leave');
      expect(await another.connect(generation, { share: 'shared' })).toBe('connected');
    } else {
      expect(await reader.connect(card.generation, { share: 'exclusive' })).toBe('in-use');
    }
  } finally {
    await another.close();
  }
});

test('disconnecting with power-off clears what the card remembers; with leave it does not', async () => {
  await ready();
  let poweredOff = 0;
  const card = storageCard();
  card.powerOff = () => (poweredOff += 1);
  first.insert(card);
  const here = await present();
  await reader.connect(here.generation, { share: 'shared' });
  await reader.transmit(here.generation, ASK);
  await reader.disconnect(here.generation, 'leave');
  expect(poweredOff).toBe(0);
  await reader.connect(here.generation, { share: 'shared' });
  await reader.disconnect(here.generation, 'power-off');
  await eventually('the card lost its power', () => poweredOff > 0);
  expect(reader.presence()).toMatchObject({ generation: here.generation });
  expect(uidIn(await reader.transmit(here.generation, ASK))).toBe('0114B34A5F2C1D009000');
});

test.each(['running', 'frozen', 'waiting for pcscd'])('the agent dies by kill -9 while the process is %s: the process dies with it', async (state) => {
  if (state !== 'waiting for pcscd') await pcscd.start();
  open();
  await status(state === 'waiting for pcscd' ? 'service-down' : 'ready');
  const program = `
    const { createPcscCardReader } = await import(${JSON.stringify(path.join(import.meta.dirname, 'pcsc-card-reader.ts'))});
    const reader = createPcscCardReader({ allow: () => true, heartbeatMs: 60000, onDiagnostic: (d) => d.kind === 'process-started' && console.log(d.pid) });
    reader.onChange(() => console.log(reader.status().kind));
  `;
  const agent = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  agent.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await eventually('the agent’s reader is up', () => /ready|service-down/.test(output));
  const child = Number(output.split('\n')[0]);
  expect(isRunning(child)).toBe(true);
  if (state === 'frozen') process.kill(child, 'SIGSTOP');
  agent.kill('SIGKILL');
  await eventually('the process died', () => !isRunning(child));
});

test('closing ends the process and answers what was asked', async () => {
  await ready();
  first.insert(storageCard());
  const card = await present();
  first.faults.failNext('slow-answer');
  const result = reader.transmit(card.generation, ASK);
  const pid = currentProcess();
  await reader.close();
  expect(await result).toEqual({ kind: 'reader-lost' });
  expect(readdirSync('/proc')).not.toContain(String(pid));
});

/**
 * The first list of readers that a process gets is all that it ever learns, as when the readers change between two looks of pcsclite,
 * or when pcscd announces a change before its list has it.
 */
const STALE_LIST = `
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
static char *first;
static long first_result;
static unsigned long first_length;
static int known;
/* The caller lets the list be allocated (SCARD_AUTOALLOCATE), and frees it with free(). */
long SCardListReaders(long context, const char *groups, char **readers, unsigned long *length)
{
	long (*list)(long, const char *, char **, unsigned long *) =
		(long (*)(long, const char *, char **, unsigned long *)) dlsym(dlopen("libpcsclite.so.1", RTLD_LAZY), "SCardListReaders");
	if (!known) {
		first_length = *length;
		first_result = list(context, groups, &first, &first_length);
		known = 1;
	}
	if (first_result != 0)
		return first_result;
	*length = first_length;
	*readers = memcpy(malloc(first_length), first, first_length);
	return 0;
}`;

/** Lets the reader processes of `body` have this library before PC/SC's own. */
async function withLibrary(source: string, body: () => Promise<void>): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-library-'));
  const library = path.join(directory, 'library.so');
  execFileSync('g++', ['-x', 'c', '-shared', '-fPIC', '-I/usr/include/PCSC', '-o', library, '-', '-ldl'], { input: source });
  const before = process.env['LD_PRELOAD'];
  process.env['LD_PRELOAD'] = library;
  try {
    await body();
  } finally {
    if (before === undefined) delete process.env['LD_PRELOAD'];
    else process.env['LD_PRELOAD'] = before;
    rmSync(directory, { recursive: true });
  }
}

test.each(['pulled out', 'plugged in'] as const)('a reader that is %s unknown to pcsclite is known soon', async (what) => {
  await withLibrary(STALE_LIST, async () => {
    if (what === 'plugged in') pcscd.unplugReader();
    await pcscd.start();
    open();
    await status(what === 'plugged in' ? 'absent' : 'ready');
    if (what === 'plugged in') pcscd.replugReader();
    else pcscd.unplugReader();
    await status(what === 'plugged in' ? 'ready' : 'absent');
  });
});

/** As long as `marker` is there, a process hears once and for all of each reader that it is unknown, without an end. */
const unknownReaders = (marker: string) => `
#include <dlfcn.h>
#include <string.h>
#include <unistd.h>
#include <winscard.h>
LONG SCardGetStatusChange(SCARDCONTEXT context, DWORD timeout, SCARD_READERSTATE *states, DWORD count)
{
	LONG (*change)(SCARDCONTEXT, DWORD, SCARD_READERSTATE *, DWORD) =
		(LONG (*)(SCARDCONTEXT, DWORD, SCARD_READERSTATE *, DWORD)) dlsym(dlopen("libpcsclite.so.1", RTLD_LAZY), "SCardGetStatusChange");
	if (strstr(states[0].szReader, "PnP") == NULL && access("${marker}", F_OK) == 0) {
		if (states[0].dwCurrentState & SCARD_STATE_UNKNOWN)
			pause();
		states[0].dwEventState = SCARD_STATE_UNKNOWN | SCARD_STATE_CHANGED;
		return SCARD_S_SUCCESS;
	}
	return change(context, timeout, states, count);
}`;

// So it was seen when a process looked for the first time while a reader was just being pulled out.
test('a process that keeps a reader which fails for ever is replaced, with ever longer pauses', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-marker-'));
  const marker = path.join(directory, 'unknown-readers');
  writeFileSync(marker, '');
  try {
    await withLibrary(unknownReaders(marker), async () => {
      await pcscd.start();
      open();
      await status('faulty: reader-error');
      await eventually('two fresh looks', () => ends().length === 2);
      expect(statusOf()).toBe('faulty: reader-error');
      expect(ends()).toEqual(['replaced', 'replaced']);
      rmSync(marker);
      await status('ready');
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
});
