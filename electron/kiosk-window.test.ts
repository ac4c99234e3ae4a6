import { EventEmitter } from 'node:events';
import type { BrowserWindow } from 'electron';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createKioskWindow, HANG_MS, RETRY_MS } from './kiosk-window.ts';
import { TROUBLE_ADDRESS } from './window-guard.ts';

const ADDRESS = 'http://127.0.0.1:8680/enter?k=1';

class StandInWindow extends EventEmitter {
  readonly webContents = Object.assign(new EventEmitter(), { forcefullyCrashRenderer: vi.fn() });
  readonly loaded: string[] = [];
  destroyed = false;
  shown = false;
  focused = false;
  loadURL = async (address: string) => void this.loaded.push(address);
  show = () => void (this.shown = true);
  focus = () => void (this.focused = true);
  isDestroyed = () => this.destroyed;
  destroy(): void {
    this.destroyed = true;
    this.emit('closed');
  }
}

let windows: StandInWindow[];
const open = () => {
  const made = new StandInWindow();
  windows.push(made);
  return made as unknown as BrowserWindow;
};
const last = () => windows.at(-1)!;

beforeEach(() => {
  windows = [];
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

test('until there is an agent it shows the calm trouble page, once it has something to show', () => {
  createKioskWindow(open);
  expect(last().loaded).toEqual([TROUBLE_ADDRESS]);
  expect(last().shown).toBe(false);
  last().emit('ready-to-show');
  expect(last().shown).toBe(true);
});

test('it shows the agent, the trouble page while the agent is away, and the agent’s next address', () => {
  const kiosk = createKioskWindow(open);
  kiosk.show(ADDRESS);
  kiosk.showTrouble();
  kiosk.show(`${ADDRESS}2`);
  expect(last().loaded).toEqual([TROUBLE_ADDRESS, ADDRESS, TROUBLE_ADDRESS, `${ADDRESS}2`]);
});

test('a page that cannot be loaded gives way to the trouble page and is tried again', () => {
  createKioskWindow(open).show(ADDRESS);
  last().webContents.emit('did-fail-load', {}, -102, 'ERR_CONNECTION_REFUSED', ADDRESS, true);
  expect(last().loaded.at(-1)).toBe(TROUBLE_ADDRESS);
  vi.advanceTimersByTime(RETRY_MS);
  expect(last().loaded.at(-1)).toBe(ADDRESS);
});

test('a load that a newer one replaced, and one inside a frame, are no failures', () => {
  createKioskWindow(open).show(ADDRESS);
  last().webContents.emit('did-fail-load', {}, -3, 'ERR_ABORTED', ADDRESS, true);
  last().webContents.emit('did-fail-load', {}, -102, 'ERR_CONNECTION_REFUSED', ADDRESS, false);
  vi.advanceTimersByTime(RETRY_MS * 10);
  expect(last().loaded).toEqual([TROUBLE_ADDRESS, ADDRESS]);
});

test('a crashed renderer is loaded again', () => {
  createKioskWindow(open).show(ADDRESS);
  last().webContents.emit('render-process-gone', {}, { reason: 'crashed' });
  vi.advanceTimersByTime(RETRY_MS);
  expect(last().loaded).toEqual([TROUBLE_ADDRESS, ADDRESS, ADDRESS]);
});

test('a page that hangs is ended, one that only stumbled is left alone', () => {
  createKioskWindow(open).show(ADDRESS);
  last().emit('unresponsive');
  vi.advanceTimersByTime(HANG_MS - 1);
  last().emit('responsive');
  vi.advanceTimersByTime(HANG_MS);
  expect(last().webContents.forcefullyCrashRenderer).not.toHaveBeenCalled();
  last().emit('unresponsive');
  vi.advanceTimersByTime(HANG_MS);
  expect(last().webContents.forcefullyCrashRenderer).toHaveBeenCalledOnce();
});

test('a window that was closed comes back with what it showed', () => {
  createKioskWindow(open).show(ADDRESS);
  last().destroy();
  expect(windows.length).toBe(2);
  vi.advanceTimersByTime(RETRY_MS);
  expect(last().loaded).toEqual([ADDRESS]);
});

test('closed for good, it does not come back', () => {
  const kiosk = createKioskWindow(open);
  kiosk.close();
  vi.advanceTimersByTime(RETRY_MS * 10);
  expect(windows.length).toBe(1);
  expect(last().destroyed).toBe(true);
});
