/**
 * A whole small town on this machine, for journeys: the real backend and agent as processes, real pcscd with virtual cards, a virtual
 * printer (and scanner) behind a real pseudo-terminal, a network that can be cut, and Chromium. Only the lowest seams are simulated.
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { cardRefOf } from '../../contract/card-ref.ts';
import type { ScreenName } from '../../contract/kiosk.ts';
import type { Place } from '../../backend/command-line.ts';
import { createNetworkLink, type NetworkLink } from '../../hardware/simulator/network-link.ts';
import { PrivatePcscd } from '../../hardware/simulator/private-pcscd.ts';
import { CardBox } from '../../hardware/simulator/card-box.ts';
import { virtualCardOf, type VirtualCard, type VirtualCardDefinition } from '../../hardware/simulator/virtual-card.ts';
import { VirtualPrinter } from '../../hardware/simulator/virtual-printer.ts';
import { VirtualReader } from '../../hardware/simulator/virtual-reader.ts';
import { VirtualScanner } from '../../hardware/simulator/virtual-scanner.ts';
import { makeDemoCards } from '../../scripts/start/demo-cards.ts';
import { freePort } from './free-port.ts';
import { ProductProcess, ROOT, runProduct } from './process.ts';
import { accountOfCard, backendRecords, kioskRecords, type BackendRecords, type KioskRecords } from './records.ts';
import { giveResidentCards, RESIDENT_CARDS, residentCard } from './resident-cards.ts';
import { RUN_DIRECTORY } from './run-directory.ts';
import { TearingLink } from './tearing-link.ts';
import { until } from './wait.ts';

const CHROMIUM = '/usr/bin/chromium';
/** Chromium must neither look for the outer network nor need a graphics card. */
export const CHROMIUM_WORDS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--autoplay-policy=no-user-gesture-required', '--lang=ja',
];
const FIRST_SLOT = 35_963;
/** Those with a chip, and those of paper, which have a code. */
const DEMO_CARDS = JSON.parse(readFileSync(path.join(ROOT, 'backend/seed/demo-cards.json'), 'utf8')) as ReadonlyArray<VirtualCardDefinition & { readonly code?: string }>;

export interface TownOptions {
  /** PostgreSQL's address; SQLite in the town's directory without one. */
  readonly databaseUrl?: string;
  /** The town has paper cards, and its kiosk a code scanner. */
  readonly scanner?: boolean;
  readonly printer?: { readonly rowsPerSecond?: number; readonly baudRate?: number };
  /** Where slips are drawn; in the town's own directory without one. */
  readonly slipsDir?: string;
}

export class Town {
  readonly directory: string;
  readonly pcscd: PrivatePcscd;
  readonly slots: readonly [VirtualReader, VirtualReader] = [new VirtualReader({ port: FIRST_SLOT }), new VirtualReader({ port: FIRST_SLOT + 1 })];
  printer!: VirtualPrinter;
  scanner: VirtualScanner | undefined;
  link!: NetworkLink;
  /** Between the network and the backend. */
  tearing!: TearingLink;
  backend!: ProductProcess;
  agent!: ProductProcess;
  page!: Page;
  /** Takes its time, so it starts beside everything else. */
  #launched!: Promise<Browser>;
  readonly #options: TownOptions;
  readonly #backendPort: number;
  readonly agentPort: number;

  private constructor(options: TownOptions, ports: readonly [number, number]) {
    this.#options = options;
    this.directory = mkdtempSync(path.join(tmpdir(), 'kazasu-town-'));
    this.pcscd = new PrivatePcscd();
    [this.#backendPort, this.agentPort] = ports;
  }

  /** A seeded backend, an enrolled kiosk, devices in order, everything running but the browser. */
  static async start(options: TownOptions = {}): Promise<Town> {
    const town = new Town(options, [await freePort(), await freePort()]);
    try {
      town.#launched = chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_WORDS });
      // A failure is told to whoever opens the window.
      town.#launched.catch(() => undefined);
      await town.pcscd.start();
      town.printer = await VirtualPrinter.start({
        link: path.join(town.directory, 'printer'),
        slipsDir: options.slipsDir ?? path.join(town.directory, 'slips'),
        ...options.printer,
      });
      if (options.scanner) town.scanner = await VirtualScanner.start(path.join(town.directory, 'scanner'));
      town.tearing = await TearingLink.start(town.#backendPort);
      town.link = await createNetworkLink({ listen: 0, target: town.tearing.port });
      await town.#seed();
      town.writeConfiguration();
      await town.startBackend();
      await town.#enrol();
      await town.startAgent();
      await town.#untilReaderServes();
      await town.untilSynced();
      return town;
    } catch (error) {
      await town.close();
      throw error;
    }
  }

  get configurationFile(): string {
    return path.join(this.directory, 'kazasu.config.json');
  }
  get cardsFile(): string {
    return path.join(this.directory, 'cards.json');
  }
  get ledgerFile(): string {
    return path.join(this.directory, 'kiosk/ledger.db');
  }
  get backendPlace(): readonly string[] {
    const url = this.#options.databaseUrl;
    return ['--data', path.join(this.directory, 'backend'), ...(url === undefined ? [] : ['--database-url', url])];
  }

  writeConfiguration(changes: Readonly<Record<string, unknown>> = {}): void {
    const configuration = {
      dataDir: path.join(this.directory, 'kiosk'),
      server: { port: this.agentPort },
      backend: { url: `http://127.0.0.1:${this.link.port}` },
      ...(this.#options.scanner ? { scanner: { path: path.join(this.directory, 'scanner') } } : {}),
      printer: { path: path.join(this.directory, 'printer'), baudRate: 115_200, columns: 48 },
      display: { ppi: 102.6, readerSide: 'below' },
      simulated: true,
      ...changes,
    };
    writeFileSync(this.configurationFile, JSON.stringify(configuration, null, 2));
  }

  get place(): Place {
    const url = this.#options.databaseUrl;
    return { dataDir: path.join(this.directory, 'backend'), ...(url === undefined ? {} : { databaseUrl: url }) };
  }

  /** What a run's towns on SQLite begin with: seeded, and with one kiosk enrolled; made by the first of them. */
  get #model(): string | undefined {
    const shared = process.env[RUN_DIRECTORY];
    return shared === undefined || this.#options.databaseUrl !== undefined ? undefined : path.join(shared, 'model');
  }

  async #seed(): Promise<void> {
    if (this.#model !== undefined && existsSync(this.#model)) {
      cpSync(this.#model, this.directory, { recursive: true });
      return;
    }
    await runProduct(['backend/main.ts', 'seed', 'demo', ...this.backendPlace]);
    await giveResidentCards(this.place);
    await makeDemoCards({ cards: this.cardsFile, backendData: this.place.dataDir });
  }

  async #enrol(): Promise<void> {
    if (existsSync(path.join(this.directory, 'kiosk/identity.json'))) return;
    const invitation = await runProduct(['backend/main.ts', 'invite', '--site', 'yakuba', '--label', '役場1', ...this.backendPlace]);
    await runProduct(['agent/main.ts', 'enrol', invitation.trim().split('\n').at(-1) ?? '', '--config', this.configurationFile]);
    if (this.#model === undefined) return;
    // A database is copied whole only while nobody has it open.
    await this.backend.stop();
    const draft = `${this.#model}.new`;
    for (const part of ['backend', 'kiosk', 'cards.json', 'my-number']) cpSync(path.join(this.directory, part), path.join(draft, part), { recursive: true });
    renameSync(draft, this.#model);
    await this.startBackend();
  }

  async startBackend(): Promise<void> {
    this.backend = new ProductProcess(['backend/main.ts', 'serve', '--port', String(this.#backendPort), ...this.backendPlace]);
    await this.backend.line('listening', (line) => line['type'] === 'listening');
  }

  async startAgent(words: readonly string[] = ['--stay']): Promise<void> {
    this.agent = new ProductProcess(['agent/main.ts', '--config', this.configurationFile, ...words]);
    await this.agent.line('the window’s address', (line) => line['type'] === 'window');
  }

  /** The address of the window, as the shell would open it. */
  get address(): string {
    const report = this.agent.lines.findLast((line) => line['type'] === 'window');
    return String(report?.['address']);
  }

  /** Waits until the kiosk sees both slots. */
  async #untilReaderServes(): Promise<void> {
    await this.agent.event('reader-status', { limitMs: 40_000, where: (line) => line['status'] === 'ready' && line['readers'] === 2 });
  }

  /** Waits until the kiosk has everything the backend had to tell. */
  async untilSynced(): Promise<void> {
    await this.agent.event('sync-pulled', { limitMs: 60_000, where: (line) => Number(line['changes']) < 500 });
  }

  async openWindow(viewport = { width: 1920, height: 1080 }): Promise<Page> {
    const context = await (await this.#launched).newContext({ viewport, locale: 'ja-JP', timezoneId: 'Asia/Tokyo' });
    this.page = await context.newPage();
    await this.page.goto(this.address);
    return this.page;
  }

  /** Waits until the window shows this screen. */
  async screen(name: ScreenName, limitMs = 40_000): Promise<void> {
    await this.page.locator(`[data-screen="${name}"]`).waitFor({ timeout: limitMs }).catch(async (error: unknown) => {
      const log = this.agent.lines.slice(-25).map((line) => JSON.stringify(line));
      throw new Error(`The window shows "${await this.shown()}", not "${name}". The agent said last:\n${log.join('\n')}`, { cause: error });
    });
  }

  /** The name of the screen in the window. */
  async shown(): Promise<string> {
    return (await this.page.locator('[data-screen]').getAttribute('data-screen', { timeout: 1_000 }).catch(() => null)) ?? 'nothing';
  }

  /** Everything written on the glass, without its blanks. */
  async glass(): Promise<string> {
    return (await this.page.locator('main').innerText()).replaceAll(/\s+/g, '');
  }

  async press(name: string | RegExp): Promise<void> {
    await this.page.getByRole('button', { name }).click();
  }

  insert(name: string, slot: 0 | 1 = 0): VirtualCard {
    const card = this.#card(name);
    this.slots[slot].insert(card);
    return card;
  }

  /** A card of this town: always the same one, with what was written on it. */
  #card(name: string): VirtualCard {
    this.#box ??= new CardBox(this.cardsFile);
    const demo = this.#box.find(name);
    return demo && demo.model !== 'code' ? this.#box.take(demo) : virtualCardOf(cardNamed(name));
  }
  #box: CardBox | undefined;

  /** Shows a paper card of the demo to the scanner, or any other text as a code. */
  show(nameOrText: string): void {
    if (!this.scanner) throw new Error('This town has no scanner');
    this.scanner.show(DEMO_CARDS.find(({ name }) => name === nameOrText)?.code ?? nameOrText);
  }

  remove(slot: 0 | 1 = 0): void {
    this.slots[slot].remove();
  }

  /**
   * Keeps what lies on the reader from answering.
   * @param wanted from which command on; the first when left out
   * @returns `asked` resolves when a command waits there; `release` lets it answer
   */
  holdAnswers(slot: 0 | 1 = 0, wanted: (command: Uint8Array) => boolean = () => true): { readonly asked: Promise<void>; readonly release: () => void } {
    const reader = this.slots[slot];
    const held = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    let waits = false;
    reader.beforeAnswer = (command) => {
      waits ||= wanted(command);
      if (!waits) return undefined;
      asked.resolve();
      return held.promise;
    };
    const release = () => {
      reader.beforeAnswer = undefined;
      held.resolve();
    };
    return { asked: asked.promise, release };
  }

  /** Ends the visit as a person would and takes the card. The farewell may still stand there; the next card may come at once. */
  async leave(): Promise<void> {
    const leave = this.page.getByRole('button', { name: /^(終わる|やめる|あとにする)$/ });
    const over = async () => {
      const shown = await this.shown();
      if (shown === 'start' || shown === 'farewell') return true;
      if (await leave.isVisible()) await leave.click({ timeout: 500 }).catch(() => undefined);
      return false;
    };
    await until('the end of the visit', over, 40_000);
    for (const slot of this.slots) slot.remove();
    await until('the kiosk has seen that the card is gone', async () => !(await this.page.locator('main').innerText()).includes('お取りください'));
  }

  /** Everything plugged in and in order, no card on the readers, nobody there. */
  async putRight(): Promise<void> {
    for (const slot of this.slots) {
      slot.faults.clear();
      slot.remove();
    }
    this.pcscd.replugReader();
    this.scanner?.faults.clear();
    await this.scanner?.replug();
    this.printer.putRight();
    await this.printer.replug();
    await this.leave();
  }

  /** The kiosk's ledger as it is on the disk. */
  kiosk(): Promise<KioskRecords> {
    return kioskRecords(this.ledgerFile);
  }

  /** The backend's database. */
  office(): Promise<BackendRecords> {
    return backendRecords(this.place);
  }

  /** The account a card points to. */
  async account(name: string): Promise<string> {
    const identity = JSON.parse(readFileSync(path.join(this.directory, 'kiosk/identity.json'), 'utf8')) as { enrolment: { cardKey: string } };
    return accountOfCard(this.place, cardRefOf(identity.enrolment.cardKey, Buffer.from(cardNamed(name).uid, 'hex')));
  }

  /** The ledger's accounts, all of them, checked and printed by the backend's own command. */
  async books(): Promise<string> {
    return runProduct(['backend/main.ts', 'books', '--all', ...this.backendPlace]);
  }

  /** Waits until entries were acknowledged, counting from line `from` of the agent's log. */
  async untilAcknowledged(from = 0): Promise<void> {
    await this.agent.event('sync-pushed', { from, limitMs: 60_000 });
  }

  async close(): Promise<void> {
    await this.#launched?.then((browser) => browser.close(), () => undefined);
    for (const slot of this.slots) slot.remove();
    await Promise.all([this.agent?.stop(), this.backend?.stop()]);
    await this.scanner?.unplug();
    await this.printer?.stop();
    await this.link?.close();
    await this.tearing?.close();
    await this.pcscd.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function cardNamed(name: string): VirtualCardDefinition {
  const number = /^resident-(\d+)$/.exec(name)?.[1];
  const found = number === undefined ? DEMO_CARDS.find((card) => card.name === name) : Number(number) <= RESIDENT_CARDS ? residentCard(Number(number)) : undefined;
  if (!found) throw new Error(`There is no card "${name}"`);
  return found;
}

export { until };
