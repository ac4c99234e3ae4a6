/**
 * What the kiosk's window may do: show pages of the agent and nothing else. Everything is refused first; the one exception is the
 * origin the agent named. No page gets Node, another window, a download, a permission, or a way out by keyboard.
 *
 * This cannot be tried in a real Electron window by our automatic checks (its runtime is not on the npm registry): the tests assert
 * every option and every decision against a stand-in, and docs/setup.md lists what to try by hand on the first real kiosk.
 */
import type { BrowserWindowConstructorOptions, Input, Session, WebContents } from 'electron';

/** Pages that come with the shell: the calm screen while there is no agent. Not file://, which has rights of its own. */
export const SHELL_SCHEME = 'kazasu';
export const TROUBLE_ADDRESS = `${SHELL_SCHEME}://shell/trouble`;

/** Given to Chromium before it starts: nothing is guessed, fetched ahead, updated or reported. */
export const CHROMIUM_SWITCHES: ReadonlyArray<readonly [string, string?]> = [
  ['dns-prefetch-disable'],
  ['no-pings'],
  ['disable-background-networking'],
  ['disable-component-update'],
  ['disable-domain-reliability'],
  ['disable-breakpad'],
  ['disable-pinch'],
  ['overscroll-history-navigation', '0'],
  ['disable-features', 'Translate,MediaRouter,OptimizationHints,AutofillServerCommunication,NetworkPrediction,Prerender2,SpareRendererForSitePerProcess'],
];

/** @param packaged false while developing: a framed window with developer tools, otherwise the same */
export function windowOptions(session: Session, preload: string, packaged: boolean): BrowserWindowConstructorOptions {
  return {
    kiosk: packaged,
    fullscreen: packaged,
    frame: !packaged,
    width: 1080,
    height: 1920,
    show: false,
    backgroundColor: '#ffffff',
    autoHideMenuBar: true,
    webPreferences: {
      session,
      preload,
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
      spellcheck: false,
      devTools: !packaged,
      // Guidance is spoken without a touch first, and a kiosk is never "in the background".
      autoplayPolicy: 'no-user-gesture-required',
      backgroundThrottling: false,
    },
  };
}

/** The shell's own trouble page, or a page of the agent's present origin. */
export function mayShow(address: string, agentOrigin: string | undefined): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.protocol === `${SHELL_SCHEME}:`) return url.href === TROUBLE_ADDRESS;
  return agentOrigin !== undefined && url.origin === agentOrigin && url.username === '' && url.password === '';
}

/** Only loopback over http can be the agent; anything else that claims to be is not believed. */
export function agentOriginOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  return url.protocol === 'http:' && url.hostname === '127.0.0.1' && url.port !== '' ? url.origin : undefined;
}

/** Refuses every permission, device, download and request that leaves the agent's origin. */
export function guardSession(session: Session, agentOrigin: () => string | undefined): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest((details, answer) => {
    const { protocol } = new URL(details.url);
    // What the page made itself (pictures drawn or kept in it) never leaves the machine.
    const inner = protocol === 'data:' || protocol === 'blob:' || protocol === 'devtools:';
    const socket = details.url.replace(/^ws:/, 'http:');
    answer({ cancel: !inner && !mayShow(socket, agentOrigin()) });
  });
}

/** Keys that lead out of a kiosk: function keys, and anything held with Control, Alt or the system key. */
export function leadsOut(input: Pick<Input, 'key' | 'control' | 'alt' | 'meta'>): boolean {
  return input.control || input.alt || input.meta || /^F\d{1,2}$/.test(input.key) || /^(Browser|Launch|Media|Zoom|ContextMenu|Print)/.test(input.key);
}

/** Holds one page to what it may show. To be called for every web contents, whoever made it. */
export function guardContents(contents: WebContents, agentOrigin: () => string | undefined, packaged: boolean): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.on('will-navigate', (event) => {
    if (!mayShow(event.url, agentOrigin())) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!mayShow(event.url, agentOrigin())) event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    if (!mayShow(event.url, agentOrigin())) event.preventDefault();
  });
  contents.on('select-bluetooth-device', (event, _devices, choose) => {
    event.preventDefault();
    choose('');
  });
  contents.on('will-prevent-unload', (event) => event.preventDefault());
  contents.on('login', (event) => event.preventDefault());
  contents.on('certificate-error', (event, _url, _error, _certificate, trust) => {
    event.preventDefault();
    trust(false);
  });
  if (packaged) {
    contents.on('before-input-event', (event, input) => {
      if (leadsOut(input)) event.preventDefault();
    });
    contents.on('devtools-opened', () => contents.closeDevTools());
  }
  contents.on('zoom-changed', () => contents.setZoomFactor(1));
  contents.on('did-finish-load', () => void contents.setVisualZoomLevelLimits(1, 1));
}
