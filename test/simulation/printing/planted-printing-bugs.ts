/** Bugs as they happen where printers fail, each planted at a seam; the tier must find every one of them. */
import type { Ledger } from '../../../agent/ledger/ledger.ts';
import { newEntryId } from '../../../agent/new-id.ts';
import { CLEAR_BUFFERS, PRINT_MARKER_BYTES } from '../../../hardware/printer/escpos-commands.ts';
import type { SerialLine, SerialLineOptions } from '../../../hardware/printer/serial-line.ts';
import type { PrintOutcome, SlipPrinter } from '../../../hardware/printer/slip-printer.ts';
import type { PrintingPlant } from './printing-plant.ts';

const PROOF = [0x37, 0x22];
const CLEARED = Uint8Array.of(0x37, 0x25, 0x00);

const isClearing = (bytes: Uint8Array): boolean => Buffer.compare(bytes, CLEAR_BUFFERS) === 0;
/** The marker at the end of a piece of a slip. */
const markerOf = (bytes: Uint8Array): Uint8Array | undefined => {
  const marker = bytes.subarray(-PRINT_MARKER_BYTES);
  return bytes.length > PRINT_MARKER_BYTES && marker[0] === 0x1d && marker[1] === 0x28 && marker[2] === 0x48 ? marker.subarray(-4) : undefined;
};
const proofOf = (marker: Uint8Array): Uint8Array => Uint8Array.of(...PROOF, ...marker, 0x00);

/** A line of which some calls go through something else first. */
const lineWith = (replaced: (line: SerialLine, options: SerialLineOptions) => Partial<SerialLine>, hearing?: (bytes: Uint8Array) => Uint8Array): PrintingPlant => ({
  line: (open) => (options) => {
    const line = open({ ...options, onBytes: (bytes) => options.onBytes(hearing?.(bytes) ?? bytes) });
    const plain: SerialLine = { state: () => line.state(), write: (bytes) => line.write(bytes), close: () => line.close() };
    return { ...plain, ...replaced(line, options) };
  },
});

const printerWith = (print: (printer: SlipPrinter, remake: () => SlipPrinter) => SlipPrinter['print']): PrintingPlant => ({
  printer(printer, remake) {
    const printing = print(printer, remake);
    return { status: () => printer.status(), onChange: (listener) => printer.onChange(listener), close: () => printer.close(), print: printing };
  },
});
/** @param replaced what is made of the driver's word */
const sayingWith = (replaced: (outcome: PrintOutcome) => PrintOutcome): PrintingPlant =>
  printerWith((printer) => async (job, onSending) => replaced(await printer.print(job, onSending)));

const ledgerWith = (replaced: (ledger: Ledger) => Partial<Ledger>): PrintingPlant => ({ ledger: (ledger) => ({ ...ledger, ...replaced(ledger) }) });

export const PLANTED_PRINTING_BUGS: Readonly<Record<string, () => PrintingPlant>> = {
  'a piece that counts as printed when the system has taken it': () =>
    lineWith((line, options) => ({
      async write(bytes) {
        const result = await line.write(bytes);
        const marker = markerOf(bytes);
        if (marker) options.onBytes(proofOf(marker));
        return result;
      },
    })),
  'a piece that is sent again when the line comes back': sentAgain,
  'clearing that is taken for done': () =>
    lineWith((line, options) => ({
      write(bytes) {
        if (!isClearing(bytes)) return line.write(bytes);
        setTimeout(() => options.onBytes(CLEARED), 1);
        return Promise.resolve('written');
      },
    })),
  'a proof of anything that is taken for the proof of this': anyProof,
  'half a proof that is taken for a whole one': halfProof,
  'unknown taken for printed': () => sayingWith((outcome) => (outcome.kind === 'unknown' ? { kind: 'printed', proof: 'marker' } : outcome)),
  'unknown taken for failed': () => sayingWith((outcome) => (outcome.kind === 'unknown' ? { kind: 'failed', why: 'silent', partial: true } : outcome)),
  'failed taken for unknown': () => sayingWith((outcome) => (outcome.kind === 'failed' ? { kind: 'unknown', why: 'silence' } : outcome)),
  'a proof that is not believed': () => sayingWith((outcome) => (outcome.kind === 'printed' ? { kind: 'unknown', why: 'silence' } : outcome)),
  'a slip that is printed again when the printer is back': () =>
    printerWith((printer) => async (job, onSending) => {
      const outcome = await printer.print(job, onSending);
      if (outcome.kind !== 'unknown') return outcome;
      await untilReady(printer);
      return printer.print(job);
    }),
  'a slip that is waited for for ever': () =>
    printerWith((printer) => async (job, onSending) => {
      const outcome = await printer.print(job, onSending);
      return outcome.kind === 'unknown' ? new Promise<never>(() => undefined) : outcome;
    }),
  'a printer that is given up when it failed once': givenUp,
  'a torn slip that is forgotten at once': forgottenTorn,
  'a torn slip that a start forgets': () => ({ forgetsTorn: true }),
  'slips of an earlier run that nobody settles': () => ({ forgetsLeftPrintJobs: true }),
  'sending that is not written down': () => ledgerWith(() => ({ setPrintJob: () => undefined })),
  'unknown that is written down as failed': () =>
    ledgerWith((ledger) => ({ settlePrintJob: (jobId, outcome, entry) => ledger.settlePrintJob(jobId, outcome === 'unknown' ? 'failed' : outcome, entry) })),
  'an end that stands twice in the journal': () =>
    ledgerWith((ledger) => ({
      settlePrintJob(jobId, outcome, entry) {
        const job = ledger.unsettledPrintJobs().find((unsettled) => unsettled.jobId === jobId);
        ledger.settlePrintJob(jobId, outcome, entry);
        const id = newEntryId({ now: () => Date.now(), monotonic: () => 0, after: () => () => undefined }, { bytes: (length) => new Uint8Array(length) });
        if (job && outcome !== 'printed') ledger.append({ ...entry, id, fact: { type: 'slip-settled', jobId, slip: job.slip, ...job.subject, outcome } });
      },
    })),
  'a number that is given again when its slip was not proved': () => ledgerWith((ledger) => ({ nextNumber: (counter) => numberAgain(ledger) ?? ledger.nextNumber(counter) })),
};

const numberAgain = (ledger: Ledger): number | undefined => {
  const last = ledger.lastPrintJob();
  return last && last.state !== 'printed' ? last.slipNumber : undefined;
};

function sentAgain(): PrintingPlant {
  let last: Uint8Array | undefined;
  let sentTo: SerialLine | undefined;
  return {
    line: (open) => (options) => {
      const line = open({
        ...options,
        onState(state, detail) {
          options.onState(state, detail);
          if (state === 'open' && last && sentTo === line) void line.write(last);
        },
      });
      return {
        state: () => line.state(),
        close: () => line.close(),
        write(bytes) {
          if (markerOf(bytes)) [last, sentTo] = [bytes, line];
          return line.write(bytes);
        },
      };
    },
  };
}

function anyProof(): PrintingPlant {
  let awaited: Uint8Array | undefined;
  return lineWith(
    (line) => ({
      write(bytes) {
        awaited = markerOf(bytes) ?? awaited;
        return line.write(bytes);
      },
    }),
    (bytes) => (awaited && bytes.length === 7 && bytes[0] === PROOF[0] && bytes[1] === PROOF[1] ? proofOf(awaited) : bytes),
  );
}

function halfProof(): PrintingPlant {
  let awaited: Uint8Array | undefined;
  return lineWith(
    (line) => ({
      write(bytes) {
        awaited = markerOf(bytes) ?? awaited;
        return line.write(bytes);
      },
    }),
    (bytes) => (awaited && bytes.length < 7 && bytes[0] === PROOF[0] && bytes[1] !== CLEARED[1] ? proofOf(awaited) : bytes),
  );
}

function givenUp(): PrintingPlant {
  return printerWith((printer) => {
    let failed = false;
    return async (job, onSending) => {
      if (failed) return { kind: 'failed', why: 'silent', partial: false };
      const outcome = await printer.print(job, onSending);
      failed = outcome.kind !== 'printed';
      return outcome;
    };
  });
}

/** After a slip that was not proved the driver is made anew, and not told. */
function forgottenTorn(): PrintingPlant {
  return {
    printer(printer, remake) {
      let current = printer;
      return {
        status: () => current.status(),
        onChange: (listener) => current.onChange(listener),
        close: () => current.close(),
        async print(job, onSending) {
          const outcome = await current.print(job, onSending);
          if (outcome.kind !== 'printed') {
            await current.close();
            current = remake();
          }
          return outcome;
        },
      };
    },
  };
}

async function untilReady(printer: SlipPrinter): Promise<void> {
  while (printer.status().kind !== 'ready') await new Promise((resolve) => setTimeout(resolve, 100));
}
