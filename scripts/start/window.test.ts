import { expect, test } from 'vitest';
import { chooseWindow, chromiumWords, type Surroundings } from './window.ts';

const around = (places: readonly string[], extra: Partial<Surroundings> = {}): Surroundings => ({
  environment: { DISPLAY: ':0' },
  root: '/k',
  wanted: true,
  exists: (place) => places.includes(place),
  ...extra,
});
const ELECTRON = '/k/node_modules/electron/dist/electron';

test('Electron where its runtime is there, else Chromium', () => {
  expect(chooseWindow(around([ELECTRON, '/usr/bin/chromium']))).toEqual({ kind: 'electron', program: ELECTRON });
  expect(chooseWindow(around(['/usr/bin/chromium']))).toEqual({ kind: 'chromium', program: '/usr/bin/chromium' });
  expect(chooseWindow(around(['/usr/bin/chromium'], { environment: { WAYLAND_DISPLAY: 'wayland-0' } })).kind).toBe('chromium');
});

test('no window without a display, without a browser, or when none is wanted, and it says which', () => {
  expect(chooseWindow(around([ELECTRON], { environment: {} }))).toEqual({ kind: 'none', why: 'no-display' });
  expect(chooseWindow(around([]))).toEqual({ kind: 'none', why: 'no-browser' });
  expect(chooseWindow(around([ELECTRON], { wanted: false }))).toEqual({ kind: 'none', why: 'asked' });
});

test('Chromium shows the one address, with a profile of its own, and keeps its sandbox unless root runs it', () => {
  const words = chromiumWords('http://127.0.0.1:8680/enter?k', '/k/var/window', false);
  expect(words).toEqual(expect.arrayContaining(['--kiosk', '--app=http://127.0.0.1:8680/enter?k', '--user-data-dir=/k/var/window', '--disable-extensions']));
  expect(words).not.toContain('--no-sandbox');
  expect(chromiumWords('http://127.0.0.1:8680/', '/p', true)).toContain('--no-sandbox');
});
