/**
 * The kiosk as the window sees it: runs the session machine on the ports and pushes a snapshot after every change. Holds no device
 * and no database of its own; everything comes through the ports.
 */
import { createActor, type SnapshotFrom } from 'xstate';
import type { KioskService } from '../../contract/kiosk-router.ts';
import { CHOICES_OF_SCREEN, type ChooseInput, type KioskSnapshot, type Screen } from '../../contract/kiosk.ts';
import type { AccountId, DeviceId } from '../../contract/ids.ts';
import type { Visit } from '../../contract/procedure/answering.ts';
import { slipNumberText } from '../../contract/slip-number.ts';
import type { Notice } from '../../contract/notice.ts';
import type { Face } from '../../contract/survey.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import type { NamedReaderStyle } from '../../hardware/card/felica-lite-s/felica-channel.ts';
import type { ReaderStatus } from '../../hardware/reader/card-reader.ts';
import { newEntryId, newOperationId } from '../new-id.ts';
import type { Clock, Ports } from '../ports.ts';
import type { SlipFrame } from '../printing/slip-markup.ts';
import { answerSurvey, handInSurveys } from '../services/answer-survey.ts';
import type { DebitPorts } from '../services/debit-value.ts';
import { callStaff } from '../services/call-staff.ts';
import { loadValue } from '../services/load-value.ts';
import { loadAll } from '../services/load-all.ts';
import { issueSlip } from '../services/issue-slip.ts';
import { makeRequest, printRequest, withdrawRequest, type MadeRequest } from '../services/make-request.ts';
import { paperOfMove, paperOwedTo, printPaperOwed } from '../services/paper-owed.ts';
import type { PrintSlipResult } from '../services/print-slip.ts';
import { pointsOffered } from '../services/points-offered.ts';
import { paperEndsSoon, readinessOf } from '../services/printer-words.ts';
import { beginLink, canBeLinked, proveLink, sendLink } from '../services/link-resident.ts';
import { lookAtMyNumberCard, readMyNumberCard } from '../services/read-my-number-card.ts';
import { renewOffers, showBalance, type PresentCard } from '../services/show-balance.ts';
import { createCardSources, type CardAtKiosk } from './card-sources.ts';
import { contentOfSlip } from './content-of-slip.ts';
import { eventOfPress } from './event-of-press.ts';
import { SHOWN_MOVEMENTS } from './history-screen.ts';
import { isEmergency, shownNotices } from './notices-on-screen.ts';
import { createPersonSettings } from './person-settings.ts';
import { doWhatWasAsked, pointsSlipOf } from './points-asked.ts';
import { screenOfSession, stepOfSession } from './screen-of-session.ts';
import { createPurchaseServices } from './purchase-services.ts';
import { sessionMachine } from './session-machine.ts';
import type { SessionServices, SlipRequest } from './session-parts.ts';
import { SESSION_TIMINGS } from './timings.ts';
import { decisionOf, undecidedOf } from './undecided.ts';

const NO_SYNC: DebitPorts['sync'] = { syncOnce: async () => 'unreachable' };

export interface KioskOptions {
  readonly deviceId: DeviceId;
  readonly cardKey: Uint8Array;
  readonly town: string;
  readonly site: string;
  readonly deviceLabel: string;
  /** How to speak FeliCa through readers that the program does not know by name. */
  readonly felicaReaders?: readonly NamedReaderStyle[];
  readonly display: KioskSnapshot['display'];
  readonly simulated: boolean;
  /** The slips of requests carry the request itself, sealed, for an office that the network does not reach. */
  readonly sealedSlips: boolean;
  /** The backend can be reached: true, false, or null while that is not known yet. */
  readonly online: () => boolean | null;
  /** Hears of the town before value leaves an account that is kept in the ledger. Left out: the town cannot be asked, and such value stays. */
  readonly sync?: DebitPorts['sync'];
  /** Something durable was written that the backend should hear of soon. */
  readonly wakeSync: () => void;
  /** The account's holder stands here: what the town has for them should come. Returns at once; `refresh` follows when something came. */
  readonly wantLeases?: (account: AccountId) => void;
  /** A service threw. The kiosk cannot go on; whoever started it decides. */
  readonly onFailure: (error: unknown) => void;
}

export interface Kiosk extends KioskService {
  /** Something outside the session changed (sync, notices): looks again and pushes a snapshot if it shows. */
  refresh(): void;
  /** The account of the person who stands here; null when nobody does, or nobody knows yet. */
  busyAccount(): AccountId | null;
  /** Nobody is in the middle of anything. */
  nobodyThere(): boolean;
  stop(): void;
}

/** As they stand on the glass. */
const FACES: readonly Face[] = [5, 4, 3, 2, 1];

export function createKiosk(ports: Omit<Ports, 'sealJournal'>, options: KioskOptions): Kiosk {
  const { clock, reader, scanner, printer, ledger, log, randomness } = ports;
  // Before anything is made of it, so that the log has things in their order.
  const stopScans = scanner?.onScan(({ kind }) => log.event('code-scanned', { kind }));
  const sources = createCardSources(reader, scanner);
  const listeners = new Set<(snapshot: KioskSnapshot) => void>();
  let revision = 0;
  let screenId = 0;
  let shownState = '';
  let shownText = '';
  let staffCall: KioskSnapshot['staffCall'] = null;
  let cancelStaffCall = () => {};
  let loggedScreen = '';

  const person = createPersonSettings(clock, () => publish());
  const frame = (slipNumber: number): SlipFrame => ({
    slipNumber,
    deviceLabel: options.deviceLabel,
    town: options.town,
    site: options.site,
    now: momentFromEpoch(clock.now()),
    form: person.current().form,
    large: person.current().text === 'large',
  });
  /** Shows the slip while it is printed. It is printed all the same when it cannot be drawn. */
  const draw = (markup: string): void => {
    ports.drawSlip?.(markup).then((svg) => actor.send({ type: 'slip-drawn', svg })).catch(() => undefined);
  };
  const printAskedFor = (request: MadeRequest): Promise<PrintSlipResult> => {
    if (!ports.requestCodes) throw new Error('This kiosk cannot sign what is asked for');
    return printRequest(request, { codes: ports.requestCodes, sealed: options.sealedSlips, frame, onMarkup: draw }, ports);
  };
  const printOf = (slip: SlipRequest): Promise<PrintSlipResult> => {
    if (slip.kind === 'request') return printAskedFor(slip.request);
    if (slip.kind === 'tickets') return printPaperOwed(slip.owed, { frame, onMarkup: draw }, ports);
    return issueSlip({ content: contentOfSlip(slip, ledger, options.online() === true), subject: { accountId: slip.holder.accountId }, frame, onMarkup: draw }, ports);
  };
  /** Without the office's key nothing could be sealed. */
  const canTakeRequests = (): boolean => ports.requestCodes !== undefined && ledger.officeKey() !== null;

  /** The account of which the town was asked, since its card was laid down, whether it can be linked; and that account when it said yes. */
  let linkAsked: AccountId | null = null;
  let linkable: AccountId | null = null;
  const lookForLink = async (account: AccountId): Promise<void> => {
    if (linkAsked === account || options.online() !== true) return;
    linkAsked = account;
    // Another card may lie there by the time of the answer, or the kiosk be over.
    if (!(await canBeLinked(account, ports)) || linkAsked !== account) return;
    linkable = account;
    publish();
  };
  const look = (presence: PresentCard) => showBalance(presence, { ...ports, cardKey: options.cardKey, felicaReaders: options.felicaReaders ?? [] });
  /** Whoever was called is here. */
  const staffCame = (): void => {
    cancelStaffCall();
    staffCall = null;
  };

  const services: SessionServices = {
    showBalance: async (presence) => {
      const shown = await look(presence);
      linkAsked = linkable = null;
      if (shown.kind === 'holder' && options.online() === true) options.wantLeases?.(shown.holder.accountId);
      return shown;
    },
    loadAll: async (holder) => {
      const result = await loadAll({ holder, offers: holder.offers }, ports);
      options.wakeSync();
      return result;
    },
    renewOffers: (holder) => guarded(() => renewOffers(holder, ports)) ?? holder,
    loadValue: async (holder, offer) => {
      const result = await loadValue({ holder, offer }, ports);
      options.wakeSync();
      return result;
    },
    pointsOffered: (holder) => guarded(() => pointsOffered({ holder, online: options.online() === true }, ports)) ?? [],
    ...createPurchaseServices({ ...ports, look, wakeSync: options.wakeSync, device: options.deviceId, guarded, staffCame }),
    newOperation: () => newOperationId(clock, randomness),
    movePoints: async (holder, asked) => {
      const result = await doWhatWasAsked(asked, holder, { ...ports, sync: options.sync ?? NO_SYNC });
      options.wakeSync();
      if (result.kind !== 'moved') return result;
      if (asked.does !== 'paper') return { kind: 'done', said: pointsSlipOf(asked, result, holder, ledger) };
      const owed = paperOfMove(result, holder, ledger);
      return owed ? { kind: 'paper', owed } : { kind: 'refused', rule: 'already-taken' };
    },
    undecidedOf: (holder) => guarded(() => undecidedOf(holder, ledger)) ?? null,
    decisionOf: (undecided, holder) => guarded(() => decisionOf(undecided, holder, ledger)) ?? null,
    paperOwedTo: (holder) => guarded(() => paperOwedTo(holder, ledger)) ?? null,
    paperTold: ({ operationId }) => guarded(() => ledger.keepPaperPromise(operationId)),
    printSlip: async (slip) => {
      const result = await printOf(slip);
      options.wakeSync();
      return result;
    },
    offeredProcedures: (holder) => {
      const today = dateInTokyo(momentFromEpoch(clock.now()));
      const visit: Visit = { today, identity: holder ? 'stored-value' : 'none', known: {}, areas: ledger.areas() };
      return [visit, canTakeRequests() ? ledger.procedures() : [], ledger.fees()];
    },
    makeRequest: async ({ draft, visit }) => {
      if (!draft) throw new Error('Nothing was asked for');
      const result = await makeRequest({ draft, visit }, options, ports);
      options.wakeSync();
      return result;
    },
    withdrawRequest: (request) =>
      guarded(() => {
        withdrawRequest(request, ports);
        options.wakeSync();
      }),
    lookAtMyNumber: (presence, use) => lookAtMyNumberCard(presence, use, { ...ports, cardKey: options.cardKey }),
    openMyNumber: (presence, _use, made) => readMyNumberCard(presence, made, ports),
    lookForLink: ({ accountId }) => void lookForLink(accountId).catch(options.onFailure),
    canLink: ({ accountId }) => options.online() === true && accountId === linkable,
    beginLink: ({ accountId }) => beginLink(accountId, ports),
    proveLink: (presence, made, wish) => proveLink(presence, made, wish, options, ports),
    sendLink: (wish, proof) => sendLink(wish, proof, ports),
    sessionEnded: (how, startedAt) =>
      guarded(() => {
        const seconds = Math.round((clock.monotonic() - startedAt) / 1000);
        ledger.append({ id: newEntryId(clock, randomness), at: momentFromEpoch(clock.now()), fact: { type: 'session-ended', how, seconds } });
        log.event('session-ended', { how, seconds });
        options.wakeSync();
      }),
    // Whoever is to read that something grave has happened is not asked for a kindness before.
    maySurvey: () => emergencies().length === 0,
    answerSurvey: (index, did) =>
      guarded(() => {
        const face = FACES[index];
        if (face !== undefined) answerSurvey({ face, did: [...did] }, ports);
      }),
    letGoOfCode: (generation) => sources.letGo(generation),
    callStaff: () =>
      guarded(() => {
        if (staffCall) return;
        staffCall = { number: callStaff({ screen: currentScreen().name }, ports) };
        cancelStaffCall = clock.after(SESSION_TIMINGS.staffCall, () => {
          staffCall = null;
          publish();
        });
        options.wakeSync();
      }),
    failed: options.onFailure,
    monotonic: () => clock.monotonic(),
  };

  let wasBehind = false;
  /** What lies there. Nothing is looked at while the town's books are copied anew: whoever comes would see only a part of what is theirs. */
  function there(): { readonly status: ReaderStatus; readonly presence: CardAtKiosk } {
    wasBehind = ledger.isBehind();
    return wasBehind ? { status: { kind: 'starting' }, presence: { kind: 'none' } } : { status: sources.status(), presence: sources.presence() };
  }

  const actor = createActor(sessionMachine, {
    input: { services, ...there() },
    clock: xstateClock(clock),
  });
  let state: SnapshotFrom<typeof sessionMachine> = actor.getSnapshot();

  /** @returns nothing when the ledger is gone or the program is at fault: somebody above takes over */
  function guarded<Result>(task: () => Result): Result | undefined {
    try {
      return task();
    } catch (error) {
      options.onFailure(error);
      return undefined;
    }
  }

  function currentScreen(): Screen {
    const codes = scanner === undefined ? 'none' : scanner.status().kind === 'ready' ? 'ready' : 'away';
    return screenOfSession(state, {
      sync: { confirmedAt: ledger.syncState().confirmedAt, online: options.online() === true },
      codes,
      deviceLabel: options.deviceLabel,
      procedures: canTakeRequests() && ledger.procedures().length > 0,
      canLink: state.context.holder !== null && state.context.presence.kind === 'present' && services.canLink(state.context.holder),
      fees: () => ledger.fees(),
      numberOf: (slipNumber) => slipNumberText(options.deviceLabel, slipNumber),
      movementsOf: (account) => ledger.movementsOf(account, SHOWN_MOVEMENTS),
      schemes: () => ledger.schemes(),
    });
  }

  /** What the town tells whoever stands here, at this moment of this clock: also without a network. */
  const notices = (): Notice[] => {
    const now = momentFromEpoch(clock.now());
    return ledger.notices(dateInTokyo(now), now);
  };
  const emergencies = () => notices().filter(isEmergency);

  function buildSnapshot(): KioskSnapshot {
    const now = momentFromEpoch(clock.now());
    const screen = currentScreen();
    return {
      revision,
      screenId,
      screen,
      now,
      town: options.town,
      site: options.site,
      printer: readinessOf(printer.status()),
      paperEndsSoon: paperEndsSoon(printer.status()) ?? false,
      ...shownNotices(notices(), screen.name),
      staffCall,
      settings: person.current(),
      display: options.display,
      simulated: options.simulated,
    };
  }

  /** Pushes a snapshot if anything on it changed since the last one, the time aside. */
  function publish(always = false): void {
    guarded(() => {
      const stateText = stepOfSession(state);
      if (stateText === null) return;
      if (stateText !== shownState) {
        shownState = stateText;
        screenId += 1;
      }
      person.saw(currentScreen().name, state.context.holder?.accountId ?? null);
      const text = JSON.stringify({ ...buildSnapshot(), now: '', revision: 0 });
      if (text === shownText && !always) return;
      shownText = text;
      revision += 1;
      const snapshot = buildSnapshot();
      if (snapshot.screen.name !== loggedScreen) {
        loggedScreen = snapshot.screen.name;
        log.event('session-screen', { screen: loggedScreen });
      }
      for (const listener of listeners) listener(snapshot);
    });
  }

  let lastReader = '';
  let lastGeneration = 0;
  function readerChanged(): void {
    const status = reader.status();
    const presence = reader.presence();
    const why = status.kind === 'faulty' ? status.why : '';
    const readers = status.kind === 'ready' ? status.readers.length : 0;
    if (`${status.kind} ${why} ${readers}` !== lastReader) {
      lastReader = `${status.kind} ${why} ${readers}`;
      log.event('reader-status', { status: status.kind, why, readers });
    }
    if (presence.kind !== 'none' && presence.generation !== lastGeneration) {
      lastGeneration = presence.generation;
      log.event('card-arrived', { generation: lastGeneration });
    } else if (presence.kind === 'none' && lastGeneration !== 0) {
      log.event('card-left', { generation: lastGeneration });
      lastGeneration = 0;
    }
    guarded(() => actor.send({ type: 'reader', ...there() }));
  }

  let lastScanner = '';
  function scannerChanged(): void {
    if (!scanner) return;
    const status = scanner.status();
    const why = status.kind === 'faulty' ? status.why : '';
    if (`${status.kind} ${why}` === lastScanner) return;
    lastScanner = `${status.kind} ${why}`;
    log.event('scanner-status', { status: status.kind, why });
    publish();
  }

  let lastPrinter = '';
  /** What was last said about the paper; a new roll is in until the printer says otherwise. */
  let paperEnded = false;
  function printerChanged(): void {
    const status = printer.status();
    const why = status.kind === 'faulty' ? status.why : status.kind === 'ready' ? status.paper : '';
    if (`${status.kind} ${why}` !== lastPrinter) {
      lastPrinter = `${status.kind} ${why}`;
      log.event('printer-status', { status: status.kind, why });
      actor.send({ type: 'printer-changed' });
    }
    const endsSoon = paperEndsSoon(status);
    if (endsSoon !== undefined && endsSoon !== paperEnded) {
      paperEnded = endsSoon;
      log.event(endsSoon ? 'paper-near-end' : 'paper-enough', {});
    }
    publish();
  }

  actor.subscribe((next) => {
    state = next;
    publish();
  });
  actor.start();
  sources.onChange(readerChanged);
  sources.onUnusableCode((why) => actor.send({ type: 'unusable-code', why }));
  const stopScanner = scanner?.onChange(scannerChanged);
  const stopPrinter = printer.onChange(printerChanged);
  readerChanged();
  scannerChanged();
  printerChanged();
  let cancelPeriodic = () => {};
  let countedOn = '';
  const periodic = () => {
    guarded(() => {
      const today = dateInTokyo(momentFromEpoch(clock.now()));
      if (today === countedOn) return;
      countedOn = today;
      if (handInSurveys(ports) > 0) options.wakeSync();
    });
    publish(true);
    cancelPeriodic = clock.after(SESSION_TIMINGS.periodicSnapshot, periodic);
  };
  periodic();

  return {
    snapshot: buildSnapshot,
    onSnapshot(listener) {
      listeners.add(listener);
      log.event('window-connected', { windows: listeners.size });
      return () => listeners.delete(listener);
    },
    choose({ screenId: madeOn, ...press }: ChooseInput) {
      // Only how the screens look: whatever goes on, goes on.
      if (press.choice === 'settings') {
        person.take(press.settings);
        return 'taken';
      }
      const { choice } = press;
      if (choice === 'call-staff') {
        actor.send({ type: 'call-staff' });
        publish();
        return 'taken';
      }
      if (madeOn !== screenId || !CHOICES_OF_SCREEN[currentScreen().name].includes(choice)) return 'ignored';
      actor.send(eventOfPress(press));
      return 'taken';
    },
    refresh() {
      guarded(() => {
        if (ledger.isBehind() !== wasBehind) actor.send({ type: 'reader', ...there() });
      });
      actor.send({ type: 'town-said' });
      publish();
    },
    busyAccount: () => state.context.holder?.accountId ?? null,
    nobodyThere: () => !state.matches('session') && !state.matches('stillThere'),
    stop() {
      linkAsked = null;
      sources.stop();
      stopScanner?.();
      stopScans?.();
      stopPrinter();
      cancelPeriodic();
      cancelStaffCall();
      person.stop();
      actor.stop();
      listeners.clear();
    },
  };
}

/** XState's timers on the Clock port. */
export function xstateClock(clock: Clock) {
  const cancels = new Map<number, () => void>();
  let last = 0;
  return {
    setTimeout(task: (...args: unknown[]) => void, ms: number) {
      last += 1;
      const id = last;
      cancels.set(id, clock.after(ms, () => {
        cancels.delete(id);
        task();
      }));
      return id;
    },
    clearTimeout(id: number) {
      cancels.get(id)?.();
      cancels.delete(id);
    },
  };
}
