/**
 * The shell: one locked-down window and the agent it shows. Composition only: what the window may do is in window-guard.ts, how it
 * comes back from anything is in kiosk-window.ts, how the agent is kept alive is in agent-keeper.ts.
 */
import path from 'node:path';
import { app, BrowserWindow, Menu, protocol, session } from 'electron';
import { keepAgent } from './agent-keeper.ts';
import { createKioskWindow } from './kiosk-window.ts';
import { placesOf } from './places.ts';
import { troublePage, TROUBLE_PAGE_POLICY } from './trouble-page.ts';
import { agentOriginOf, CHROMIUM_SWITCHES, guardContents, guardSession, SHELL_SCHEME, TROUBLE_ADDRESS, windowOptions } from './window-guard.ts';

/** A second kiosk would fight the first one for the reader and the port. */
if (app.requestSingleInstanceLock()) start();
else app.quit();

function start(): void {
  for (const [name, value] of CHROMIUM_SWITCHES) {
    if (value === undefined) app.commandLine.appendSwitch(name);
    else app.commandLine.appendSwitch(name, value);
  }
  app.enableSandbox();
  Menu.setApplicationMenu(null);
  protocol.registerSchemesAsPrivileged([{ scheme: SHELL_SCHEME, privileges: { standard: true, secure: true } }]);

  let agentOrigin: string | undefined;
  app.on('web-contents-created', (_event, contents) => guardContents(contents, () => agentOrigin, app.isPackaged));

  void app.whenReady().then(() => {
    // No `persist:` in its name: it lives in memory only, and nothing of a person's session is written to the disk.
    const memory = session.fromPartition('kiosk', { cache: false });
    memory.protocol.handle(SHELL_SCHEME, (request) =>
      request.url === TROUBLE_ADDRESS
        ? new Response(troublePage(), { headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': TROUBLE_PAGE_POLICY } })
        : new Response(null, { status: 404 }),
    );
    guardSession(memory, () => agentOrigin);

    const kiosk = createKioskWindow(() => new BrowserWindow(windowOptions(memory, path.join(import.meta.dirname, 'preload.cjs'), app.isPackaged)));
    const agent = keepAgent({
      ...placesOf({
        packaged: app.isPackaged,
        resources: process.resourcesPath,
        project: path.resolve(import.meta.dirname, '../..'),
        platform: process.platform,
        architecture: process.arch,
        environment: process.env,
        words: process.argv,
      }),
      onAddress: (address) => {
        agentOrigin = agentOriginOf(address);
        if (agentOrigin) kiosk.show(address);
        else kiosk.showTrouble();
      },
      // The page that stands there says so itself, and keeps a call for staff until the agent is back; one that cannot be loaded is replaced.
      onAway: () => {
        agentOrigin = undefined;
      },
      // `npm start` reads the address from here.
      onReport: (report) => void process.stdout.write(`${JSON.stringify(report)}\n`),
    });

    app.on('second-instance', () => kiosk.focus());
    let stopped = false;
    app.on('before-quit', (event) => {
      if (stopped) return;
      event.preventDefault();
      kiosk.close();
      void agent.stop().then(() => {
        stopped = true;
        app.quit();
      });
    });
    // With this listener Electron does not quit by itself; the window comes back (kiosk-window.ts).
    app.on('window-all-closed', () => undefined);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());
  });
}
