/** The shell as a whole against a stand-in for Electron: a real Electron window cannot run in the automatic checks. */
import { EventEmitter } from 'node:events';
import { beforeEach, expect, test, vi } from 'vitest';
import { TROUBLE_ADDRESS } from './window-guard.ts';

interface KeeperWords {
  onAddress(address: string): void;
  onAway(end: object): void;
  configuration: string;
}

const world = vi.hoisted(() => ({
  single: true,
  calls: [] as string[],
  listeners: new Map<string, (...words: unknown[]) => void>(),
  sessions: [] as unknown[][],
  loaded: [] as string[],
  serve: undefined as undefined | ((request: { url: string }) => Response),
  keeper: undefined as KeeperWords | undefined,
  stopped: 0,
}));

vi.mock('electron', () => ({
  app: {
    isPackaged: true,
    requestSingleInstanceLock: () => world.single,
    quit: () => void world.calls.push('quit'),
    enableSandbox: () => void world.calls.push('sandbox'),
    whenReady: async () => void world.calls.push('ready'),
    on: (name: string, listener: (...words: unknown[]) => void) => void world.listeners.set(name, listener),
    commandLine: { appendSwitch: (name: string) => void world.calls.push(`switch ${name}`) },
  },
  Menu: { setApplicationMenu: (menu: unknown) => void world.calls.push(`menu ${String(menu)}`) },
  protocol: { registerSchemesAsPrivileged: () => void world.calls.push('scheme') },
  session: {
    fromPartition: (...words: unknown[]) => {
      world.sessions.push(words);
      const nothing = () => undefined;
      return Object.assign(new EventEmitter(), {
        protocol: { handle: (_scheme: string, serve: (request: { url: string }) => Response) => void (world.serve = serve) },
        setPermissionRequestHandler: nothing,
        setPermissionCheckHandler: nothing,
        setDevicePermissionHandler: nothing,
        setDisplayMediaRequestHandler: nothing,
        setSpellCheckerEnabled: nothing,
        webRequest: { onBeforeRequest: nothing },
      });
    },
  },
  BrowserWindow: class extends EventEmitter {
    webContents = new EventEmitter();
    loadURL = async (address: string) => void world.loaded.push(address);
    isDestroyed = () => false;
    destroy = () => void world.calls.push('destroy');
    show = () => undefined;
    focus = () => void world.calls.push('focus');
  },
}));
vi.mock('./agent-keeper.ts', () => ({
  keepAgent: (words: KeeperWords) => {
    world.keeper = words;
    return { stop: async () => void (world.stopped += 1) };
  },
}));

const keeper = () => world.keeper!;

async function startShell(): Promise<void> {
  vi.resetModules();
  await import('./main.ts');
  if (world.single) await vi.waitFor(() => expect(world.keeper).toBeDefined());
}

beforeEach(() => {
  Object.assign(world, { single: true, calls: [], sessions: [], loaded: [], serve: undefined, keeper: undefined, stopped: 0 });
  world.listeners.clear();
  Object.defineProperty(process, 'resourcesPath', { value: '/opt/Kazasu/resources', configurable: true });
});

test('before anything is shown: sandbox on, no menu, nothing guessed or fetched ahead', async () => {
  await startShell();
  const ready = world.calls.indexOf('ready');
  for (const call of ['sandbox', 'menu null', 'scheme', 'switch dns-prefetch-disable', 'switch disable-background-networking']) {
    expect(world.calls.indexOf(call), call).toBeGreaterThanOrEqual(0);
    expect(world.calls.indexOf(call), call).toBeLessThan(ready);
  }
});

test('the session lives in memory only', async () => {
  await startShell();
  expect(world.sessions).toEqual([['kiosk', { cache: false }]]);
});

test('a second shell gives way to the first and starts no agent', async () => {
  world.single = false;
  await startShell();
  expect(world.calls).toEqual(['quit']);
  expect(world.keeper).toBeUndefined();
});

test('the window follows the agent: trouble page, address, the same page while it is away, the next address', async () => {
  await startShell();
  keeper().onAddress('http://127.0.0.1:8680/enter?k=1');
  keeper().onAway({});
  keeper().onAddress('http://127.0.0.1:8680/enter?k=2');
  expect(world.loaded).toEqual([TROUBLE_ADDRESS, 'http://127.0.0.1:8680/enter?k=1', 'http://127.0.0.1:8680/enter?k=2']);
});

test('an address that cannot be the agent’s is not shown', async () => {
  await startShell();
  keeper().onAddress('http://example.org:8680/');
  expect(world.loaded).toEqual([TROUBLE_ADDRESS, TROUBLE_ADDRESS]);
});

test('the trouble page asks for staff, names its number, and has neither script nor outside parts', async () => {
  await startShell();
  const response = world.serve?.({ url: TROUBLE_ADDRESS });
  const page = await response?.text();
  expect(page).toContain('職員をよんでください');
  expect(page).toContain('番号 501');
  expect(page).not.toMatch(/<script|src=|href=|url\(/);
  expect(response?.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(world.serve?.({ url: 'kazasu://shell/other' }).status).toBe(404);
});

test('every page that comes into being is guarded with the agent’s present origin', async () => {
  await startShell();
  const contents = Object.assign(new EventEmitter(), { setWindowOpenHandler: vi.fn() });
  world.listeners.get('web-contents-created')?.({}, contents);
  const go = (url: string) => {
    const event = { url, preventDefault: vi.fn() };
    contents.emit('will-navigate', event);
    return event.preventDefault.mock.calls.length === 0;
  };
  expect(go('http://127.0.0.1:8680/')).toBe(false);
  keeper().onAddress('http://127.0.0.1:8680/enter?k=1');
  expect(go('http://127.0.0.1:8680/')).toBe(true);
  keeper().onAway({});
  expect(go('http://127.0.0.1:8680/')).toBe(false);
});

test('it quits only after the agent has ended', async () => {
  await startShell();
  const first = { preventDefault: vi.fn() };
  world.listeners.get('before-quit')?.(first);
  expect(first.preventDefault).toHaveBeenCalled();
  await vi.waitFor(() => expect(world.calls).toContain('quit'));
  expect(world.stopped).toBe(1);
  const second = { preventDefault: vi.fn() };
  world.listeners.get('before-quit')?.(second);
  expect(second.preventDefault).not.toHaveBeenCalled();
});

test('a second start brings the first window forward; no window left does not end the kiosk', async () => {
  await startShell();
  world.listeners.get('second-instance')?.();
  expect(world.calls).toContain('focus');
  world.listeners.get('window-all-closed')?.();
  expect(world.calls).not.toContain('quit');
});
