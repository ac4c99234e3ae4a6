import { EventEmitter } from 'node:events';
import type { Session, WebContents } from 'electron';
import { describe, expect, test, vi } from 'vitest';
import { agentOriginOf, guardContents, guardSession, leadsOut, mayShow, TROUBLE_ADDRESS, windowOptions } from './window-guard.ts';

const AGENT = 'http://127.0.0.1:8680';

/** A stand-in that records what was set; the guard only sets handlers and listens. */
function standInSession() {
  const handlers: Record<string, (...words: never[]) => unknown> = {};
  const keep = (name: string) => (handler: (...words: never[]) => unknown) => void (handlers[name] = handler);
  const session = Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: keep('permission'),
    setPermissionCheckHandler: keep('check'),
    setDevicePermissionHandler: keep('device'),
    setDisplayMediaRequestHandler: keep('display'),
    setSpellCheckerEnabled: vi.fn(),
    webRequest: { onBeforeRequest: keep('request') },
  });
  return { session: session as unknown as Session & typeof session, handlers };
}

function standInContents() {
  const contents = Object.assign(new EventEmitter(), {
    setWindowOpenHandler: vi.fn<(handler: () => { action: string }) => void>(),
    setZoomFactor: vi.fn(),
    setVisualZoomLevelLimits: vi.fn(async () => undefined),
    closeDevTools: vi.fn(),
  });
  return contents as unknown as WebContents & typeof contents;
}

const attempt = (extra: object = {}) => ({ preventDefault: vi.fn(), ...extra });

describe('the window', () => {
  const { session } = standInSession();
  const options = windowOptions(session, '/x/preload.cjs', true);

  test('gives its pages a sandbox of their own and nothing of Node', () => {
    expect(options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      plugins: false,
      session,
    });
  });

  test('fills the glass without a frame, and has no developer tools once installed', () => {
    expect(options).toMatchObject({ kiosk: true, fullscreen: true, frame: false });
    expect(options.webPreferences?.devTools).toBe(false);
  });

  test('is as guarded while developing, apart from frame and tools', () => {
    const developing = windowOptions(session, '/x/preload.cjs', false);
    expect(developing.webPreferences).toEqual({ ...options.webPreferences, devTools: true });
  });
});

describe('what may be shown', () => {
  test.each([
    [`${AGENT}/enter?secret`, true],
    [`${AGENT}/`, true],
    [TROUBLE_ADDRESS, true],
    ['http://127.0.0.1:8681/', false],
    ['http://localhost:8680/', false],
    ['https://127.0.0.1:8680/', false],
    ['http://127.0.0.1:8680@example.org/', false],
    ['http://user@127.0.0.1:8680/', false],
    ['file:///etc/passwd', false],
    ['kazasu://shell/other', false],
    ['javascript:alert(1)', false],
    ['about:blank', false],
    ['not an address', false],
  ])('%s: %s', (address, allowed) => {
    expect(mayShow(address, AGENT)).toBe(allowed);
  });

  test('without an agent only the trouble page', () => {
    expect(mayShow(`${AGENT}/`, undefined)).toBe(false);
    expect(mayShow(TROUBLE_ADDRESS, undefined)).toBe(true);
  });

  test.each([
    ['http://127.0.0.1:8680/enter?k=1', AGENT],
    ['http://example.org:8680/', undefined],
    ['https://127.0.0.1:8680/', undefined],
    ['http://127.0.0.1/', undefined],
    ['', undefined],
  ])('an agent at %s is believed to be at %s', (address, origin) => {
    expect(agentOriginOf(address)).toBe(origin);
  });
});

describe('the session', () => {
  test('refuses every permission, the camera as well, and every device', () => {
    const { session, handlers } = standInSession();
    guardSession(session, () => AGENT);
    for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'hid', 'serial', 'usb', 'openExternal', 'fullscreen']) {
      const answer = vi.fn();
      handlers['permission']?.(...([{}, permission, answer] as never[]));
      expect(answer).toHaveBeenCalledExactlyOnceWith(false);
      expect(handlers['check']?.(...([{}, permission] as never[]))).toBe(false);
    }
    expect(handlers['device']?.(...([{}] as never[]))).toBe(false);
    const screen = vi.fn();
    handlers['display']?.(...([{}, screen] as never[]));
    expect(screen).toHaveBeenCalledExactlyOnceWith({});
  });

  test('downloads nothing', () => {
    const { session } = standInSession();
    guardSession(session, () => AGENT);
    const download = attempt();
    session.emit('will-download', download);
    expect(download.preventDefault).toHaveBeenCalled();
  });

  test.each([
    [`${AGENT}/assets/a.js`, false],
    ['ws://127.0.0.1:8680/stream', false],
    ['data:image/png;base64,AA', false],
    ['blob:http://127.0.0.1:8680/1', false],
    [TROUBLE_ADDRESS, false],
    ['https://fonts.example.org/a.woff2', true],
    ['http://127.0.0.1:9/', true],
    ['file:///etc/passwd', true],
  ])('a request for %s is cancelled: %s', (url, cancel) => {
    const { session, handlers } = standInSession();
    guardSession(session, () => AGENT);
    const answer = vi.fn();
    handlers['request']?.(...([{ url }, answer] as never[]));
    expect(answer).toHaveBeenCalledExactlyOnceWith({ cancel });
  });
});

describe('a page', () => {
  test('opens no other window and attaches no web view', () => {
    const contents = standInContents();
    guardContents(contents, () => AGENT, true);
    expect(contents.setWindowOpenHandler.mock.calls[0]?.[0]()).toEqual({ action: 'deny' });
    const view = attempt();
    contents.emit('will-attach-webview', view);
    expect(view.preventDefault).toHaveBeenCalled();
  });

  test.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])('%s goes only to the agent', (name) => {
    const contents = standInContents();
    guardContents(contents, () => AGENT, true);
    const away = attempt({ url: 'https://example.org/' });
    contents.emit(name, away);
    expect(away.preventDefault).toHaveBeenCalled();
    const home = attempt({ url: `${AGENT}/` });
    contents.emit(name, home);
    expect(home.preventDefault).not.toHaveBeenCalled();
  });

  test('a certificate that is wrong is never trusted, and no password is asked for', () => {
    const contents = standInContents();
    guardContents(contents, () => AGENT, true);
    const trust = vi.fn();
    contents.emit('certificate-error', attempt(), 'https://x', 'ERR', {}, trust);
    expect(trust).toHaveBeenCalledExactlyOnceWith(false);
    const login = attempt();
    contents.emit('login', login);
    expect(login.preventDefault).toHaveBeenCalled();
  });

  const key = (name: string, held: object = {}) => ({ key: name, control: false, alt: false, meta: false, ...held });

  test.each([
    [key('F11'), true],
    [key('F4', { alt: true }), true],
    [key('w', { control: true }), true],
    [key('Tab', { alt: true }), true],
    [key('Meta', { meta: true }), true],
    [key('BrowserBack'), true],
    [key('PrintScreen'), true],
    [key('Tab'), false],
    [key('Enter'), false],
    [key('5'), false],
    [key('F'), false],
  ])('key %o leads out: %s', (input, out) => {
    expect(leadsOut(input)).toBe(out);
    const contents = standInContents();
    guardContents(contents, () => AGENT, true);
    const pressed = attempt();
    contents.emit('before-input-event', pressed, input);
    expect(pressed.preventDefault).toHaveBeenCalledTimes(out ? 1 : 0);
  });

  test('cannot be zoomed, and developer tools that open are closed', () => {
    const contents = standInContents();
    guardContents(contents, () => AGENT, true);
    contents.emit('zoom-changed', attempt(), 'in');
    contents.emit('did-finish-load');
    contents.emit('devtools-opened');
    expect(contents.setZoomFactor).toHaveBeenCalledWith(1);
    expect(contents.setVisualZoomLevelLimits).toHaveBeenCalledWith(1, 1);
    expect(contents.closeDevTools).toHaveBeenCalled();
  });
});
