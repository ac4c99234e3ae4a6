/**
 * The agent's ledger on SQLite. Every writing method is one transaction and has reached the disk when it returns. When the disk does
 * not do its part, the ledger throws `LedgerUnavailable` and says nothing more until it is opened again.
 */
import { isDeepStrictEqual } from 'node:util';
import type { DeviceId } from '../../contract/ids.ts';
import { counterOf } from '../../contract/card.ts';
import { shapeFault } from '../../contract/movement-shape.ts';
import { claimAccount, pocketAccount } from '../../contract/value.ts';
import { createChangeApplier } from './apply-change.ts';
import { FIRST_GENERATION } from '../../contract/sync.ts';
import { createBooks } from './books.ts';
import { createCardRecord } from './card-record.ts';
import { createCover } from './cover.ts';
import { createGenerationRecord, setBackMark } from './generation-record.ts';
import { createIntentStore } from './intent-store.ts';
import { createJournalStore, EMPTY_HEAD, type JournalHead, type JournalStore } from './journal-store.ts';
import { openLedgerFile, refusalOfError, type LedgerFile, type LedgerOpenTrouble, type LedgerRefusal } from './ledger-file.ts';
import { createLeaseRecord, leasesInUse } from './lease-record.ts';
import { ForeignAcknowledgement, LedgerUnavailable, ledgerTroubleOf } from './ledger-unavailable.ts';
import type { Ledger } from './ledger.ts';
import { createPaperRecord } from './paper-record.ts';
import { createPrintJobStore } from './print-job-store.ts';
import { createRequestOutbox } from './request-outbox.ts';
import { createStaffRecord } from './staff-record.ts';
import { createSurveyRecord } from './survey-record.ts';
import { createTownRecord } from './town-record.ts';
import { createTownVerdict } from './town-verdict.ts';

export type { LedgerOpenTrouble } from './ledger-file.ts';
export type LedgerOpening = { readonly ok: true; readonly ledger: Ledger } | { readonly ok: false; readonly trouble: LedgerOpenTrouble; readonly detail: string };

/**
 * Opens the ledger of `device`, or makes an empty one where there is none (directory 0700, file 0600). Anything else that lies at
 * `path` is refused untouched.
 * @param options.path of the SQLite file
 */
export function openLedger(options: { readonly path: string; readonly device: DeviceId }): LedgerOpening {
  const opened = openLedgerFile(options);
  if (!opened.ok) return opened;
  const { file } = opened;
  try {
    const journal = createJournalStore(file.database, options.device);
    const mark = setBackMark(file.database);
    if (mark !== null) {
      file.close();
      const { trouble, message } = setBack(options.path, mark);
      return { ok: false, trouble, detail: message };
    }
    const damaged = verifyNewEntries(file, journal, options.path);
    if (damaged) {
      file.close();
      return damaged;
    }
    return { ok: true, ledger: createLedger(file, journal, options.device) };
  } catch (error) {
    file.close();
    return refusalOfError(error, options.path);
  }
}

/**
 * Follows the chain from where the last opening had verified it, and writes that down. The write also shows at once whether the file
 * can be written. `npm run journal -- verify` follows the whole chain.
 */
function verifyNewEntries(file: LedgerFile, journal: JournalStore, path: string): LedgerRefusal | undefined {
  const { database } = file;
  const from = database.prepare<[], JournalHead>('SELECT verified_seq AS seq, verified_hash AS hash FROM opening').get() ?? EMPTY_HEAD;
  const followed = journal.follow(from);
  if (!followed.ok) {
    return { ok: false, trouble: 'ledger-damaged', detail: `${path}: 記録 ${followed.seq} が前の記録とつながりません。Journal entry ${followed.seq} does not verify.` };
  }
  const acknowledged = database.prepare<[], number>('SELECT acknowledged_seq FROM sync').pluck().get() ?? 0;
  if (acknowledged > followed.head.seq) {
    return { ok: false, trouble: 'ledger-damaged', detail: `${path}: 記録が途中までしかありません。The journal ends at ${followed.head.seq}, but ${acknowledged} entries were acknowledged.` };
  }
  database.prepare('UPDATE opening SET times = times + 1, verified_seq = ?, verified_hash = ?').run(followed.head.seq, followed.head.hash);
  return undefined;
}

const setBack = (path: string, why: string) =>
  new LedgerUnavailable('ledger-set-back', `${path}: この台帳は古い写しです。This ledger is an older copy: ${why}. Hand in what is in it, and enrol the device anew.`);

function createLedger(file: LedgerFile, journal: JournalStore, device: DeviceId): Ledger {
  const { database } = file;
  const books = createBooks(database);
  const verdict = createTownVerdict(database);
  const intents = createIntentStore(database);
  const town = createTownRecord(database);
  const staff = createStaffRecord(database);
  const cards = createCardRecord(database);
  const leases = createLeaseRecord(database);
  const generations = createGenerationRecord(database);
  const cover = createCover({ device, books, verdict, intents, town, holdsAccount: leases.holdsAccount });
  const printJobs = createPrintJobStore(database);
  const papers = createPaperRecord(database);
  const requests = createRequestOutbox(database);
  const surveys = createSurveyRecord(database);
  const applyAll = createChangeApplier({ books, verdict, intents, town, staff, cards, leases });
  const inUse = () => leasesInUse(intents.open().map(({ movement }) => movement));
  /** Whether something is begun, or done, that the town does not have when it has the journal up to here. */
  const owes = (acknowledgedSeq: number): boolean => journal.head().seq > acknowledgedSeq || intents.open().some(({ state }) => state === 'prepared');
  const transaction = database.transaction((task: () => unknown) => task());
  let failure: LedgerUnavailable | undefined;

  const read = <T>(task: () => T): T => {
    if (failure) throw new LedgerUnavailable(failure.trouble, failure.message, { cause: failure });
    try {
      return task();
    } catch (error) {
      const trouble = ledgerTroubleOf(error);
      if (!trouble) throw error;
      failure = new LedgerUnavailable(trouble, `${database.name}: ${(error as Error).message}`, { cause: error });
      throw failure;
    }
  };
  const write = <T>(task: () => T): T =>
    read(() => {
      try {
        return transaction.immediate(task) as T;
      } catch (error) {
        journal.forgetHead();
        intents.forgetLast();
        throw error;
      }
    });

  return {
    lookupCard: (card) => read(() => (cards.isStopped(card) ? { kind: 'stopped' } : town.lookupCard(card))),
    lotsOf: (account) => read(() => books.lotsOf(account)),
    schemes: () => read(() => town.schemes()),
    offersOf: (account, today, now) => read(() => town.offersOf(account, today, now)),
    notices: (today, now) => read(() => town.notices(today, now)),
    procedures: () => read(() => town.procedures()),
    areas: () => read(() => town.areas()),
    fees: () => read(() => town.fees()),
    staffOf: (account) => read(() => staff.of(account)),
    countStaffTry: (member) => write(() => staff.countTry(member)),
    forgetStaffTries: (member) => write(() => staff.forgetTries(member)),
    officeKey: () => read(() => town.officeKey()),

    holdsValueOnCard: (account) => read(() => town.holdsValueOnCard(account)),
    hasActiveCard: (account) => read(() => town.hasActiveCard(account)),
    follows: (account, lost) => read(() => town.follows(account, lost)),
    freeLotsOf: (account) => read(() => books.lotsOf(account).map(({ lot, amount }) => ({ lot, amount: amount - intents.reserved(pocketAccount(account, lot.id)) }))),
    movementOf: (operation) => read(() => books.movementOf(operation)),
    movementsOf: (account, most) => read(() => books.movementsOf(account, most)),
    claimOf: (sale) => read(() => cover.free(claimAccount(sale.accountId, sale.operationId))),
    openClaimsOf: (account) => read(() => books.claimedSalesOf(account)),
    neverReceivedOf: (account) => read(() => books.neverReceivedOf(account)),
    salesUnder: (right) => read(() => books.salesUnder(right)),
    soldFrom: (stockLease) => read(() => books.soldFrom(stockLease)),
    loadsOf: (account, day) => read(() => books.loadsOf(account, day)),

    prepare: (intent) =>
      write(() => {
        const { operationId, movement } = intent;
        if (movement.operationId !== operationId) throw new Error(`The intent ${operationId} holds the movement ${movement.operationId}`);
        const refusal = cover.refusalOf(intent);
        if (refusal === undefined && intents.insert(intent)) return 'prepared';
        // What was written down before stands in its own way.
        const before = intents.find(operationId);
        if (!before && refusal) return refusal;
        if (before?.state !== 'prepared' || !isDeepStrictEqual(before.movement, movement)) throw new Error(`The operation ${operationId} was used before`);
        return 'prepared';
      }),
    commit: (operation, entry, evidence) =>
      write(() => {
        const settled = intents.settle(operation, 'committed');
        if (!settled) return;
        const { intent, text } = settled;
        const { movement, cardRef } = intent;
        books.post(movement);
        const counter = counterOf(evidence);
        if (counter !== null) cards.noteCounter(cardRef, counter);
        const card = { cardRef, profile: intent.cardProfile, evidence };
        if (text === undefined) journal.append({ ...entry, fact: { type: 'value-moved', movement, card } });
        else journal.appendMoved(entry, text, card);
      }),
    abort: (operation) => write(() => void intents.settle(operation, 'aborted')),
    markUnknown: (operation, entry) =>
      write(() => {
        const settled = intents.settle(operation, 'unknown');
        if (!settled) return;
        const { movement, cardRef, cardProfile, counterBefore } = settled.intent;
        journal.append({ ...entry, fact: { type: 'movement-unknown', movement, card: { cardRef, profile: cardProfile, counterBefore }, incident: settled.number } });
      }),
    fateOf: (operation) => read(() => (books.holds(operation) ? 'committed' : (intents.find(operation)?.state ?? null))),
    recordCash: (movement, entry) =>
      write(() => {
        const fault = movement.kind === 'sale' || movement.kind === 'refund' ? shapeFault(movement) : `A ${movement.kind} moves no cash`;
        if (fault) throw new Error(fault);
        const before = books.madeAs(movement.operationId);
        if (before) {
          if (!isDeepStrictEqual(before, movement)) throw new Error(`The operation ${movement.operationId} was used before`);
          return 'recorded';
        }
        const given = movement.postings.reduce((sum, { amount }) => sum + amount, 0);
        const refusal = movement.kind === 'refund' ? cover.claimRefusal(movement.accountId, movement.ofOperation, given) : undefined;
        if (refusal) return refusal;
        books.post(movement);
        journal.append({ ...entry, fact: { type: 'cash-moved', movement } });
        return 'recorded';
      }),
    openIntents: (card) => read(() => intents.open(card)),
    intentNumber: (operation) => read(() => intents.numberOf(operation)),

    knowsOperation: (operation) => read(() => intents.find(operation) !== undefined || books.holds(operation)),
    counterSeen: (card) => read(() => cards.counterSeen(card)),
    noteCounter: (card, counter) => write(() => cards.noteCounter(card, counter)),
    openMovementsOf: (card) => read(() => cards.openMovements(card)),
    reportCard: (entry) =>
      write(() => {
        for (const operation of entry.fact.answers ?? []) cards.answered(operation);
        journal.append(entry);
      }),
    stopCard: (cardRef, profile, why, entry) =>
      write(() => {
        if (!cards.stop(cardRef, why, entry.at)) return;
        cards.dropKeys(cardRef);
        journal.append({ ...entry, fact: { type: 'card-suspect', card: { cardRef, profile }, why } });
      }),
    holdsAccount: (account, now) => read(() => leases.holdsAccount(account, now)),
    rightsOf: (account, scheme, today, now) => read(() => leases.rightsOf(account, scheme, today, now)),
    stockOf: (scheme, now) =>
      read(() => {
        const stocks = leases.stocksOf(scheme, now).map(({ id, sets }) => ({ id, left: Math.max(0, sets - books.soldFrom(id)) }));
        return stocks.sort((a, b) => b.left - a.left)[0] ?? null;
      }),
    standingOf: (account, scheme) => read(() => leases.standingOf(account, scheme)),
    leasesToReturn: (now, busyAccount) => read(() => leases.toReturn(now, inUse(), busyAccount)),
    returnLeases: (wanted, entry) =>
      write(() => {
        const given = leases.giveBack(wanted, inUse(), journal.head().seq + 1);
        if (given.length > 0) journal.append({ ...entry, fact: { type: 'leases-returned', leases: given } });
        return given.length;
      }),
    giveUpLeases: () =>
      write(() => {
        leases.forgetAll();
        cards.dropAllKeys();
      }),
    dropOldCardKeys: (now) => write(() => cards.dropOldKeys(now)),
    cardKeys: (card) => read(() => cards.keys(card)),
    keepCardKeys: (card, keys) => write(() => cards.keepKeys(card, keys)),
    dropCardKeys: (card) => write(() => cards.dropKeys(card)),

    makeRequest: (sealed, entry) =>
      write(() => {
        journal.append(entry);
        requests.put({ requestId: entry.fact.requestId, sealed }, journal.head().seq);
      }),
    requestsToSend: (limit) => read(() => requests.upTo(town.syncState().acknowledgedSeq, limit)),
    requestsWaiting: () => read(() => requests.count()),
    eraseRequest: (request) => read(() => requests.erase(request)),

    countSurvey: (answer, day) => write(() => surveys.count(answer, day)),
    handInSurveys: (today, stamp) =>
      write(() => {
        const due = surveys.takeDue(today);
        for (const { day, answers } of due) journal.append({ ...stamp(), fact: { type: 'surveys-counted', day, answers } });
        return due.length;
      }),

    append: (entry) => write(() => journal.append(entry)),
    entriesAfter: (seq, limit) => read(() => journal.after(seq, limit)),
    sealOf: (seq) => read(() => journal.sealOf(seq)),
    keepSeal: (seal) => write(() => journal.keepSeal(seal)),

    promisePaper: (operation, account) =>
      write(() => {
        const before = papers.numberOf(operation);
        if (before !== undefined) return before;
        const slipNumber = printJobs.nextNumber('slip');
        papers.promise(operation, account, slipNumber);
        return slipNumber;
      }),
    paperPromised: (account) => read(() => papers.open(account)),
    keepPaperPromise: (operation) => write(() => papers.keep(operation)),
    nextNumber: (counter) => write(() => printJobs.nextNumber(counter)),
    createPrintJob: (job, copy) => write(() => printJobs.create(job, copy)),
    setPrintJob: (jobId, state) => write(() => void printJobs.move(jobId, state)),
    settlePrintJob: (jobId, outcome, entry) =>
      write(() => {
        const job = printJobs.move(jobId, outcome);
        if (!job) return;
        journal.append({ ...entry, fact: { type: 'slip-settled', jobId, slip: job.slip, ...job.subject, outcome, ...(job.reprint ? { reprint: job.reprint } : {}) } });
      }),
    unsettledPrintJobs: () => read(() => printJobs.unsettled()),
    lastPrintJob: () => read(() => printJobs.last()),
    printJobsOf: (slipNumber) => read(() => printJobs.ofNumber(slipNumber)),
    slipCopy: (slipNumber) => read(() => printJobs.copyOf(slipNumber)),
    keepSlipCopies: (kept) => read(() => printJobs.keepCopies(kept)),
    eraseSlipCopy: (slipNumber) => read(() => printJobs.eraseCopy(slipNumber)),

    syncState: () => read(() => ({ ...town.syncState(), lastSeq: journal.head().seq, generation: generations.current() })),
    followGeneration: (generation, head, entry) =>
      write(() => {
        const { cursor } = town.syncState();
        if (generations.current() === null && (cursor === 0 || generation === FIRST_GENERATION)) {
          generations.begin(generation);
          return true;
        }
        if (intents.open().some(({ state }) => state === 'prepared')) return false;
        generations.beginAnew(generation, Math.min(head?.seq ?? 0, town.syncState().acknowledgedSeq));
        journal.append({ ...entry, fact: { type: 'generation-seen', generation } });
        return true;
      }),
    compareHead: ({ seq, hash }) => {
      if (read(() => journal.hashAt(seq)) === hash) return;
      const why = `the town has entry ${seq} of this device, which is not in this file`;
      write(() => generations.markSetBack(why));
      failure = setBack(database.name, why);
      throw failure;
    },
    acknowledge: (seq, hash) =>
      write(() => {
        if (journal.hashAt(seq) !== hash) throw new ForeignAcknowledgement(`The backend acknowledged entry ${seq} with a hash this ledger does not have`);
        town.setAcknowledged(seq, owes(seq));
      }),
    isBehind: () => read(() => town.isBehind()),
    applyChanges: (changes, cursor, at, knowing, whole = true) =>
      write(() => {
        const { acknowledgedSeq } = town.syncState();
        const owed = owes(acknowledgedSeq);
        leases.known(knowing ?? acknowledgedSeq);
        applyAll(changes);
        town.setCursor(cursor, at, owed, whole);
      }),

    copyTo: (place) => read(() => void database.prepare('VACUUM INTO ?').run(place)),
    close: () => file.close(),
  };
}
