/**
 * The one window: shows the agent, or the calm trouble page while there is none, and comes back by itself from whatever happens to it:
 * a page that cannot be loaded, a renderer that crashed or hangs, a window that was closed.
 */
import type { BrowserWindow } from 'electron';
import { TROUBLE_ADDRESS } from './window-guard.ts';

/** Between something that went wrong and the next try: short for a person, long for a machine that is broken. */
export const RETRY_MS = 1_000;
/** How long a page may not react before its process is ended. Longer than any garbage collection, shorter than a person's patience. */
export const HANG_MS = 5_000;
/** Chromium's code for a load that a newer one replaced; not a failure. */
const ERR_ABORTED = -3;

export interface KioskWindow {
  /** Shows the agent's page; the address holds the window's secret and is never logged. */
  show(address: string): void;
  showTrouble(): void;
  focus(): void;
  /** For good: it does not come back. */
  close(): void;
}

export function createKioskWindow(open: () => BrowserWindow): KioskWindow {
  let wanted = TROUBLE_ADDRESS;
  let closing = false;
  let retry: NodeJS.Timeout | undefined;
  let window = furnish(open());

  function load(): void {
    clearTimeout(retry);
    if (closing || window.isDestroyed()) return;
    // A failed load is also said by 'did-fail-load', which decides what to do.
    window.loadURL(wanted).catch(() => undefined);
  }

  function loadAgain(): void {
    clearTimeout(retry);
    if (!closing) retry = setTimeout(load, RETRY_MS);
  }

  function furnish(made: BrowserWindow): BrowserWindow {
    const { webContents } = made;
    let hang: NodeJS.Timeout | undefined;
    made.once('ready-to-show', () => made.show());
    made.on('unresponsive', () => {
      clearTimeout(hang);
      hang = setTimeout(() => webContents.forcefullyCrashRenderer(), HANG_MS);
    });
    made.on('responsive', () => clearTimeout(hang));
    made.on('closed', () => {
      clearTimeout(hang);
      if (closing) return;
      window = furnish(open());
      loadAgain();
    });
    webContents.on('render-process-gone', () => {
      clearTimeout(hang);
      loadAgain();
    });
    webContents.on('did-fail-load', (_event, code, _description, _url, isMainFrame) => {
      if (!isMainFrame || code === ERR_ABORTED) return;
      if (wanted !== TROUBLE_ADDRESS) window.loadURL(TROUBLE_ADDRESS).catch(() => undefined);
      loadAgain();
    });
    return made;
  }

  load();
  return {
    show(address) {
      wanted = address;
      load();
    },
    showTrouble() {
      wanted = TROUBLE_ADDRESS;
      load();
    },
    focus: () => window.focus(),
    close() {
      closing = true;
      clearTimeout(retry);
      if (!window.isDestroyed()) window.destroy();
    },
  };
}
