/**
 * A kiosk for one person after another: the production session, services, ledger and window server in this process, virtual cards on a
 * reader in memory, a printer in memory, and the built window in a real browser. Its clock goes with the real one, and can be moved on.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { auditLedger } from '../../agent/ledger/ledger-audit.ts';
import { createRequestCodes } from '../../agent/keys/request-codes.ts';
import { startWindowServer } from '../../agent/server/window-server.ts';
import type { Kiosk } from '../../agent/session/kiosk.ts';
import { TOWN_DEVICE } from '../../agent/test-support/ledger-town.ts';
import { ScriptedPrinter } from '../../agent/test-support/scripted-printer.ts';
import { kioskOf } from '../../agent/test-support/value-kiosk.ts';
import { accountOf, GRANT, POINTS, PREMIUM, TICKETS, ValueTown, type CardName } from '../../agent/test-support/value-town.ts';
import { StaffId } from '../../contract/ids.ts';
import type { JournalFact } from '../../contract/journal.ts';
import { Procedure } from '../../contract/procedure/procedure.ts';
import { hashStaffPin } from '../../contract/staff-pin.ts';
import type { Change } from '../../contract/sync.ts';
import type { Moment } from '../../contract/time.ts';
import { newOffice } from '../../contract/test-support/sealed-request.ts';
import { issueIdentity, testHierarchy } from '../../hardware/simulator/my-number/card-identity.ts';
import { TEST_SECRETS } from '../../hardware/simulator/my-number/secrets.ts';
import { MyNumberCard } from '../../hardware/simulator/virtual-card-my-number.ts';
import { Finger } from '../../renderer/gallery/finger.ts';
import { ROOT } from '../support/process.ts';

interface StaffMember {
  readonly staffId: StaffId;
  readonly card: CardName;
}

/** The 21.5-inch glass in fewer pixels: as large in millimetres, and drawn in a quarter of the time. */
const GLASS = { width: 960, height: 540 };
const PPI = 51.3;
const TICK_MS = 50;
const PROCEDURES = readdirSync(path.join(ROOT, 'backend/procedures'))
  .filter((file) => file.endsWith('.json'))
  .map((file) => Procedure.parse(JSON.parse(readFileSync(path.join(ROOT, 'backend/procedures', file), 'utf8'))));

/** The card that lies on the reader. */
export type LyingCard = 'own' | 'staff' | 'my-number';

/** What the staff enter, and the holder of the My Number card: for a link, and for what stands on it. */
export const SECRETS = { staff: '482913', link: TEST_SECRETS['authentication-pin'], attributes: TEST_SECRETS['text-pin'] } as const;
const STAFF: StaffMember = { staffId: StaffId.parse('s-7'), card: 'new-desfire' };
let staffPin: ReturnType<typeof hashStaffPin> | undefined;
/** Made once: signatures of RSA take their time. */
let identity: ReturnType<typeof issueIdentity> | undefined;

/** A window at which one person after another stands. */
export interface HandsWindow {
  readonly page: Page;
  readonly finger: Finger;
  /** Where its kiosk is served, once there was one: what the window fetched there it knows. */
  port: number;
}
export async function openWindow(browser: Browser): Promise<HandsWindow> {
  const context = await browser.newContext({ viewport: GLASS, hasTouch: true, locale: 'ja-JP', timezoneId: 'Asia/Tokyo' });
  const page = await context.newPage();
  return { page, finger: await Finger.of(page), port: 0 };
}

/** What the person has, and what waits for them. */
export const HAS = { premium: 1_000, points: 1_200, offered: 5_000, offeredPoints: 300, tickets: 6 } as const;

export class HandsDesk {
  readonly printer: ScriptedPrinter;
  readonly town: ValueTown;
  readonly page: Page;
  /** What went wrong in kiosk or window. */
  readonly complaints: string[];
  readonly #kiosk: Kiosk;
  readonly #close: () => Promise<void>;
  #passing: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setInterval> | undefined;
  #lies: LyingCard | null = null;
  readonly #myNumber = new MyNumberCard('hanako', { identity: (identity ??= issueIdentity(testHierarchy())) });
  /** What the town was asked to link. */
  links = 0;

  private constructor(town: ValueTown, printer: ScriptedPrinter, kiosk: Kiosk, page: Page, complaints: string[], close: () => Promise<void>) {
    this.town = town;
    this.printer = printer;
    this.#kiosk = kiosk;
    this.page = page;
    this.complaints = complaints;
    this.#close = close;
  }

  static async open(window: HandsWindow): Promise<HandsDesk> {
    const town = await ValueTown.open();
    await town.give('desfire', PREMIUM, HAS.premium);
    await town.give('desfire', POINTS, HAS.points);
    await town.give('desfire', TICKETS, HAS.tickets, { kind: 'free' });
    town.reader.remove();
    town.grantHolds('desfire');
    town.offerGrant('desfire', HAS.offered);
    const areas = { type: 'areas', areas: [{ id: 'tomamae', name: '字苫前', kana: 'とままえ' }] } as Change;
    town.tell(areas, { type: 'fees', fees: [] }, ...PROCEDURES.map((procedure): Change => ({ type: 'procedure', procedure })), { type: 'office-key', publicKey: newOffice().x ?? '' });
    const complaints: string[] = [];
    const printer = new ScriptedPrinter();
    const requestCodes = createRequestCodes({ deviceId: TOWN_DEVICE, privateKey: generateKeyPairSync('ed25519').privateKey });
    const drawSlip = async () => '<svg xmlns="http://www.w3.org/2000/svg" width="576" height="400"/>';
    town.backend.links = {
      linkState: async () => ({ kind: 'answered', value: { kind: desk.links > 0 ? 'linked' : 'open' } }),
      linkChallenge: async () => ({ kind: 'answered', value: { kind: 'challenge', challenge: randomBytes(32).toString('base64url'), until: '2026-11-21T02:00:00.000Z' as Moment } }),
      link: async () => {
        desk.links += 1;
        return { kind: 'answered', value: { kind: 'linked' } };
      },
    };
    const kiosk = kioskOf(town, { printer, requestCodes, drawSlip }, { ppi: PPI, onFailure: (error) => complaints.push(`kiosk: ${String(error)}`) });
    const server = await startWindowServer({ port: window.port, secret: randomBytes(32).toString('hex'), root: path.join(ROOT, 'dist/renderer'), kiosk, log: town.log });
    if (!server.ok) throw new Error(`The window cannot be served: ${server.detail}`);
    const { page } = window;
    window.port = Number(new URL(server.address).port);
    const complain = (error: Error) => complaints.push(`window: ${String(error)}`);
    page.on('pageerror', complain);
    await page.goto(server.address);
    const close = async () => {
      await page.goto('about:blank');
      page.off('pageerror', complain);
      await server.close();
    };
    const desk = new HandsDesk(town, printer, kiosk, page, complaints, close);
    desk.#timer = setInterval(() => void desk.passTime(TICK_MS), TICK_MS);
    return desk;
  }

  /** Moves the kiosk's clock on, by what passes for the person. */
  passTime(ms: number): Promise<void> {
    this.#passing = this.#passing.then(() => this.town.clock.advance(ms));
    return this.#passing;
  }

  get screen() {
    return this.#kiosk.snapshot().screen;
  }
  /** What stands on the glass: the screen that the window has drawn (nothing between two), and whether the settings lie over it. */
  onGlass(): Promise<{ readonly screen: string | null; readonly settings: boolean }> {
    const look = () => ({ screen: document.querySelector('main')?.getAttribute('data-screen') ?? null, settings: document.querySelector('main.likes') !== null });
    return this.page.evaluate(look).catch(() => ({ screen: null, settings: false }));
  }

  get lies(): LyingCard | null {
    return this.town.reader.presence().kind === 'present' ? this.#lies : null;
  }
  lay(card: LyingCard): void {
    if (this.lies === card) return;
    this.take();
    this.#lies = card;
    if (card === 'my-number') this.town.reader.insert(this.#myNumber);
    else this.town.lay(card === 'own' ? 'desfire' : STAFF.card);
  }
  take(): void {
    this.town.reader.remove();
  }

  /** Sets of vouchers are on sale, and somebody of the staff is there. */
  async offerSale(): Promise<void> {
    const pin = await (staffPin ??= hashStaffPin(SECRETS.staff, new Uint8Array(16).fill(7)));
    this.town.tell({ type: 'staff', staffId: STAFF.staffId, accountId: accountOf(STAFF.card), role: 'clerk', pin, epoch: 1 });
    this.town.offerSale('desfire');
  }
  /** Something more waits for the person. */
  offerPoints(amount: number): void {
    this.town.offerGrant('desfire', amount, POINTS);
  }

  facts(): JournalFact[] {
    return this.town.facts();
  }
  moved(kind: string): number {
    return this.facts().filter((fact) => fact.type === 'value-moved' && fact.movement.kind === kind).length;
  }
  /** Yen of the grant, yen of the voucher, points: on the card and in the books. */
  async amounts() {
    return { grant: await this.town.amounts('desfire', GRANT), premium: await this.town.amounts('desfire', PREMIUM), points: await this.town.amounts('desfire', POINTS), tickets: await this.town.amounts('desfire', TICKETS) };
  }

  /** The kiosk is switched off; card and books can be looked at. */
  async switchOff(): Promise<void> {
    clearInterval(this.#timer);
    await this.#passing;
    await this.#close();
    this.#kiosk.stop();
    this.take();
  }

  /** @returns what is wrong with the books, and what went wrong */
  close(): string[] {
    this.town.ledger.close();
    const faults = [...this.complaints, ...auditLedger(this.town.place.file).faults];
    this.town.place.remove();
    return faults;
  }
}
