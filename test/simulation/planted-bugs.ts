/** Bugs as they happen in such systems, each planted at a seam; the simulation must find every one of them within a few seeds. */
import type { Ledger } from '../../agent/ledger/ledger.ts';
import type { BackendDatabase } from '../../backend/database/backend-database.ts';
import { API, PullResponse, type Change } from '../../contract/sync.ts';
import type { CardReader, TransmitResult } from '../../hardware/reader/card-reader.ts';
import type { SlipPrinter } from '../../hardware/printer/slip-printer.ts';
import type { PlainAnswer, PlainRequest } from './in-process-request.ts';
import type { Plant } from './plant.ts';

/** The same ledger with some methods replaced. */
const ledgerWith = (ledger: Ledger, replaced: Partial<Ledger>): Ledger => ({ ...ledger, ...replaced });

export const PLANTED_BUGS: Readonly<Record<string, () => Plant>> = {
  'a backend that posts a movement twice': () => ({ answer: postTwice }),
  'a commit that is skipped': () => ({ ledger: (ledger) => ledgerWith(ledger, { commit: () => undefined }) }),
  'an abort that is lost': () => ({ ledger: (ledger) => ledgerWith(ledger, { abort: () => undefined }) }),
  'an acknowledgement that takes one entry too many': () => ({ ledger: acknowledgeOneMore }),
  'a lease given to two kiosks': leaseToBoth,
  'a pull that moves the cursor before its changes are written': () => ({ ledger: cursorFirst }),
  'a reader that gives the next card the last card’s answer': () => ({ reader: rememberIdentifier }),
  'a printer driver that calls accepted printed': () => ({ printer: acceptedIsPrinted }),
  'a disk that lies about having written': () => ({ lyingDisk: true }),
  'an agent that forgets the slips of its last run': () => ({ forgetsLeftPrintJobs: true }),
  'slip numbers that begin again with the program': () => ({ ledger: numbersFromOne }),
};

async function postTwice(_: string, request: PlainRequest, answer: PlainAnswer, { kysely }: BackendDatabase): Promise<PlainAnswer> {
  if (!request.url.startsWith(API.push) || answer.status !== 200) return answer;
  const last = await kysely.selectFrom('movement').selectAll().where('device_id', 'is not', null).orderBy('posted_ms', 'desc').orderBy('operation_id', 'desc').limit(1).executeTakeFirst();
  if (!last) return answer;
  // The database itself refuses a second movement of one entry or entitlement; this one comes without either.
  const again = `${last.operation_id.slice(0, -4)}ffff`;
  await kysely.insertInto('movement').values({ ...last, operation_id: again, entitlement_id: null, device_id: null, seq: null }).onConflict((conflict) => conflict.doNothing()).execute();
  const postings = await kysely.selectFrom('posting').selectAll().where('operation_id', '=', last.operation_id).execute();
  for (const posting of postings) await kysely.insertInto('posting').values({ ...posting, operation_id: again }).onConflict((conflict) => conflict.doNothing()).execute();
  return answer;
}

function acknowledgeOneMore(ledger: Ledger): Ledger {
  return ledgerWith(ledger, {
    acknowledge(seq, hash) {
      const next = ledger.entriesAfter(seq, 1)[0];
      ledger.acknowledge(next?.seq ?? seq, next?.hash ?? hash);
    },
  });
}

function cursorFirst(ledger: Ledger): Ledger {
  let first = true;
  return ledgerWith(ledger, {
    applyChanges(changes, cursor, at) {
      // The first page of a run is lost, as if the machine had stopped between the two.
      ledger.applyChanges(first ? changes.filter(({ type }) => type !== 'movement') : changes, cursor, at);
      first = false;
    },
  });
}

/** What one kiosk was given is given to the other as well. */
function leaseToBoth(): Plant {
  const leases = new Map<string, Change>();
  return {
    async answer(_device, request, answer) {
      if (!request.url.startsWith(API.pull) || answer.status !== 200) return answer;
      const page = PullResponse.parse(JSON.parse(answer.body));
      for (const change of page.changes) if (change.type === 'lease') leases.set(change.entitlement.id, change);
      return { ...answer, body: JSON.stringify({ ...page, changes: [...page.changes, ...leases.values()].slice(0, 500) }) };
    },
  };
}

function rememberIdentifier(reader: CardReader): CardReader {
  let last: TransmitResult | undefined;
  return {
    status: () => reader.status(),
    presence: () => reader.presence(),
    onChange: (listener) => reader.onChange(listener),
    connect: (generation, options) => reader.connect(generation, options),
    disconnect: (generation, disposition) => reader.disconnect(generation, disposition),
    close: () => reader.close(),
    async transmit(generation, command) {
      const result = await reader.transmit(generation, command);
      if (result.kind === 'answered') last ??= result;
      return last ?? result;
    },
  };
}

function acceptedIsPrinted(printer: SlipPrinter): SlipPrinter {
  return {
    status: () => printer.status(),
    onChange: (listener) => printer.onChange(listener),
    close: () => printer.close(),
    async print(job, onSending) {
      const outcome = await printer.print(job, onSending);
      return outcome.kind === 'unknown' ? { kind: 'printed' } : outcome;
    },
  };
}

function numbersFromOne(ledger: Ledger): Ledger {
  const given = { slip: 0, 'staff-call': 0 };
  return ledgerWith(ledger, {
    nextNumber(counter) {
      given[counter] += 1;
      return given[counter];
    },
  });
}
