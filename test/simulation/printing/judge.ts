/**
 * What must be true at the end of every case, by the paper: `printed` only of a slip that came out whole and was cut, `failed` only of one that
 * did not and never will, `unknown` only where the proof did not reach the kiosk. The paper itself must read, from the first line to the last, a
 * beginning of the slip, the notice that it is void when it was not proved, and the next slip: nothing twice, nothing stale, nothing left out.
 */
import type { JournalFact } from '../../../contract/journal.ts';
import type { PrintJobRecord } from '../../../agent/ledger/ledger.ts';
import { slipMarker } from '../../../agent/printing/slip-marker.ts';
import type { Printing } from './case-agent.ts';
import { LEFT_LINES, NEXT_SLIP, SLIPS, voidLines, type SlipName } from './case-slips.ts';
import type { PrintingCase } from './printing-case.ts';
import type { SentPiece } from './wire.ts';

export type SlipSettled = Extract<JournalFact, { type: 'slip-settled' }>;

/** A piece of paper that came off: cut, or torn off by hand with the end of a roll. */
export interface CutPiece {
  readonly kind: 'cut' | 'scrap';
  readonly lines: readonly string[];
  /** Milliseconds since the case began. */
  readonly at: number;
}

export interface Seen {
  readonly slip: SlipName;
  /** Undefined when nothing was to go wrong. */
  readonly wrong: Omit<PrintingCase, 'slip'> | undefined;
  readonly first: Printing;
  readonly next: Printing;
  /** In the ledger, before the next slip was asked for. */
  readonly stateOfFirst: PrintJobRecord['state'] | undefined;
  /** The job of the next slip, at the end. */
  readonly last: PrintJobRecord;
  readonly settled: readonly SlipSettled[];
  readonly unsettled: number;
  /** Everything that came off, oldest first; how many pieces of it before the next slip, and what hung in the printer then and hangs there now. */
  readonly paper: readonly CutPiece[];
  readonly paperBefore: number;
  readonly hungBefore: readonly string[];
  readonly hangs: readonly string[];
  readonly pieces: readonly SentPiece[];
  readonly piecesOfFirst: number;
  readonly complaints: readonly string[];
  /** What was wrong on the way. */
  readonly faults: readonly string[];
}

export async function judge(seen: Seen): Promise<string[]> {
  const faults = [...seen.faults];
  const { first, next } = seen;
  const expect = (holds: boolean, sentence: string): void => {
    if (!holds) faults.push(sentence);
  };
  const [whole, wholeNext] = [await SLIPS[seen.slip].lines(first.number), await NEXT_SLIP.lines(next.number)];
  const cuts = seen.paper.filter(({ kind }) => kind === 'cut');
  const cameOut = cuts.filter(({ lines }) => same(lines, whole));

  expect(first.number !== next.number, `Both slips have the number ${next.number}`);
  expect(cameOut.length <= 1, `The slip came out ${cameOut.length} times`);
  faults.push(...stateFaults(seen, cameOut), ...ledgerFaults(seen), ...paperFaults(seen, whole, wholeNext, await voidLines()), ...sentFaults(seen));
  expect(cuts.filter(({ lines }) => same(lines, wholeNext)).length === 1 && seen.last.state === 'printed', `The next slip is ${next.outcome?.kind ?? 'not settled'} and came out ${cuts.filter(({ lines }) => same(lines, wholeNext)).length} times`);
  expect(seen.hangs.every((line) => line === ''), 'Something hangs in the printer after the last slip');
  expect(!seen.complaints.some((complaint) => complaint.includes('buffer')), seen.complaints.join('; '));
  return faults;
}

function stateFaults({ wrong, first, stateOfFirst }: Seen, cameOut: readonly CutPiece[]): string[] {
  const { outcome } = first;
  if (wrong?.after === 'killed') return stateOfFirst === 'unknown' ? [] : [`The agent was killed while it was sending, and the slip is ${stateOfFirst}`];
  if (!outcome) return [];
  const faults: string[] = [];
  if (stateOfFirst !== outcome.kind) faults.push(`The driver says ${outcome.kind}, and the ledger ${stateOfFirst}`);
  const proved = first.heard.includes(`7"${slipMarker(first.number)}\0`);
  const came = cameOut.filter(({ at }) => at <= first.settledAt).length;
  switch (outcome.kind) {
    case 'printed':
      if (came !== 1) faults.push(`The slip is printed, and ${came} came out until then`);
      if (!proved) faults.push('The slip is printed without the printer’s word');
      break;
    case 'failed':
      if (cameOut.length > 0) faults.push('The slip has failed, and it came out');
      if (wrong?.fault === 'paper-out' && outcome.why !== 'paper-out') faults.push(`The paper ran out, and the slip has failed because of ${outcome.why}`);
      break;
    case 'unknown':
      if (proved) faults.push('The printer said that the slip is printed, and it is unknown');
      if (!wrong) faults.push('Nothing was wrong, and it is unknown');
      // Who says that there is no paper says also that nothing more will come out.
      if (wrong?.fault === 'paper-out' && wrong.direction === 'byte') faults.push('The paper ran out, the printer answers, and the slip is unknown');
      break;
  }
  if (!wrong && outcome.kind !== 'printed') faults.push(`Nothing was wrong, and the slip is ${outcome.kind}`);
  return faults;
}

/** Every job has one end in the journal, the same as in the ledger. */
function ledgerFaults({ settled, unsettled, stateOfFirst, last, first, next }: Seen): string[] {
  const faults: string[] = [];
  if (unsettled > 0) faults.push(`${unsettled} jobs are not settled`);
  const ends = settled.map(({ outcome }) => outcome).join();
  if (ends !== `${stateOfFirst},${last.state}` || settled[1]?.jobId !== last.jobId) faults.push(`The journal says ${ends || 'nothing'}; the ledger ${stateOfFirst},${last.state}`);
  if (last.slipNumber !== next.number || first.number >= next.number) faults.push(`The last job is number ${last.slipNumber}, the slips ${first.number} and ${next.number}`);
  return faults;
}

/** The paper as one strip. */
function paperFaults({ slip, paper, paperBefore, hungBefore, hangs, stateOfFirst }: Seen, whole: readonly string[], next: readonly string[], notice: readonly string[]): string[] {
  const flat = (pieces: readonly CutPiece[], hanging: readonly string[]): string[] => [...pieces.flatMap(({ lines }) => lines), ...hanging].filter(isInk);
  const before = flat(paper.slice(0, paperBefore), hungBefore);
  const sent = [...(SLIPS[slip].afterTorn ? [...LEFT_LINES, ...notice] : []), ...whole].filter(isInk);
  if (!same(before, sent.slice(0, before.length))) return ['What came out before the next slip is no beginning of the slip', ...excerpt(before, sent)];
  const all = flat(paper, hangs);
  const proved = stateOfFirst === 'printed';
  const right = [...before, ...(proved ? [] : notice), ...next].filter(isInk);
  if (!same(all, right)) return ['The paper is not: what came out before, the void notice when it was not proved, the next slip', ...excerpt(all, right)];
  // The notice ends a piece of its own, so that the next slip is cut off from what is void.
  const [beforeLast] = paper.filter(({ kind }) => kind === 'cut').slice(-2);
  if (!proved && !(beforeLast && same(beforeLast.lines.filter(isInk).slice(-notice.filter(isInk).length), notice.filter(isInk)))) return ['The void notice is not cut off'];
  return [];
}

/** Nothing is sent twice, whatever became of it. */
function sentFaults({ pieces, piecesOfFirst, wrong }: Seen): string[] {
  const payloads = pieces.map(({ payload }) => payload);
  const faults = payloads.filter((payload, index) => payloads.indexOf(payload) !== index).map((payload) => `A piece of ${payload.length} bytes was sent twice`);
  const markers = pieces.slice(0, piecesOfFirst).map(({ marker }) => marker);
  if (new Set(markers).size !== markers.length) faults.push('Two pieces of the slip have the same marker');
  if (!wrong && piecesOfFirst === 0) faults.push('Nothing was sent');
  return faults;
}

const isInk = (line: string): boolean => line !== '';
const same = (one: readonly string[], other: readonly string[]): boolean => one.length === other.length && one.every((line, index) => line === other[index]);

/** Where two papers part. */
function excerpt(is: readonly string[], right: readonly string[]): string[] {
  const at = is.findIndex((line, index) => line !== right[index]);
  const from = at < 0 ? is.length : at;
  return [`  from line ${from} it reads 「${is.slice(from, from + 4).join(' / ')}」 and not 「${right.slice(from, from + 4).join(' / ')}」`];
}
