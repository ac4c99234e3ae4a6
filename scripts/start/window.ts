/**
 * The window `npm start` opens: Electron where its runtime is there, else Chromium in kiosk mode, else none: then the address is for
 * any browser on this machine.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export type WindowChoice =
  | { readonly kind: 'electron'; readonly program: string }
  | { readonly kind: 'chromium'; readonly program: string }
  | { readonly kind: 'none'; readonly why: 'asked' | 'no-display' | 'no-browser' };

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly root: string;
  readonly wanted: boolean;
  readonly exists?: (place: string) => boolean;
}

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome-stable', '/snap/bin/chromium'];

export function chooseWindow({ environment, root, wanted, exists = existsSync }: Surroundings): WindowChoice {
  if (!wanted) return { kind: 'none', why: 'asked' };
  if (!environment['DISPLAY'] && !environment['WAYLAND_DISPLAY']) return { kind: 'none', why: 'no-display' };
  const electron = path.join(root, 'node_modules/electron/dist/electron');
  if (exists(electron)) return { kind: 'electron', program: electron };
  const chromium = BROWSERS.find(exists);
  return chromium ? { kind: 'chromium', program: chromium } : { kind: 'none', why: 'no-browser' };
}

/**
 * Writes a page that only its owner can read and that leads to `address`. The browser is given the page's name, so that the window's
 * secret stands in no process list.
 * @returns the page's address
 */
export function writeEntrance(directory: string, address: string): string {
  const page = path.join(directory, 'enter.html');
  rmSync(page, { force: true });
  writeFileSync(page, `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${address}"><title>かざす窓口</title>\n`, { mode: 0o600 });
  return pathToFileURL(page).href;
}

/** @param root true when run by root: Chromium refuses its sandbox then */
export function chromiumWords(address: string, profile: string, root: boolean): string[] {
  return [
    '--kiosk',
    `--app=${address}`,
    `--user-data-dir=${profile}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--noerrdialogs',
    '--disable-session-crashed-bubble',
    '--disable-extensions',
    '--disable-sync',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-domain-reliability',
    '--disable-breakpad',
    '--disable-default-apps',
    '--dns-prefetch-disable',
    '--no-pings',
    '--disable-pinch',
    '--overscroll-history-navigation=0',
    '--password-store=basic',
    '--disk-cache-size=1',
    '--autoplay-policy=no-user-gesture-required',
    '--deny-permission-prompts',
    '--disable-features=Translate,MediaRouter,OptimizationHints,AutofillServerCommunication,NetworkPrediction,Prerender2',
    ...(root ? ['--no-sandbox'] : []),
  ];
}

export function openChromium(program: string, words: readonly string[]): ChildProcess {
  // The kernel ends the window when this process is killed.
  return spawn('setpriv', ['--pdeathsig', 'TERM', program, ...words], { stdio: 'ignore', detached: true });
}
