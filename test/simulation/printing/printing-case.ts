/**
 * One case of the printing tier: which slip, at which byte of it what goes wrong, and what people do then. A case is its name: the same
 * name is the same case for ever, so that a failure can be run again alone.
 */
import { SLIPS, type SlipName } from './case-slips.ts';

/** What goes wrong with the printer. */
export const FAULTS = [
  'paper-out',
  /** The adapter is pulled out: the line vanishes. */
  'cable-out',
  /** The cable is pulled out at the printer: the line stays, and carries nothing. */
  'cable-off',
  'power-cycle',
  /** The printer goes on printing, and says nothing. */
  'silence',
] as const;
export type Fault = (typeof FAULTS)[number];

export const AFTERS = [
  /** Somebody puts it right when the slip is settled, and prints the next one. */
  'then-right',
  /** Somebody puts it right while the slip is still waited for. */
  'soon-right',
  /** The agent is killed at that moment and started again; then as above. */
  'killed',
] as const;
export type After = (typeof AFTERS)[number];

/** Whose bytes are counted: the slip's on their way to the printer, or those that the printer answers. */
export const DIRECTIONS = ['byte', 'answer'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export interface PrintingCase {
  readonly slip: SlipName;
  readonly direction: Direction;
  /** The fault strikes when exactly so many bytes of the slip have arrived at the printer, or so many of its answers at the kiosk. */
  readonly offset: number;
  readonly fault: Fault;
  readonly after: After;
}

/** As `load/byte-120/paper-out/killed`. */
export function nameOf({ slip, direction, offset, fault, after }: PrintingCase): string {
  return [slip, `${direction}-${offset}`, fault, after].join('/');
}

/** @returns undefined when it is no name of a case; whether the slip has so many bytes shows when it is run */
export function caseOfName(name: string): PrintingCase | undefined {
  const [slipName = '', where = '', faultName, afterName, ...more] = name.split('/');
  const [, directionName, offset] = /^([a-z]+)-(\d{1,5})$/.exec(where) ?? [];
  const slip = Object.keys(SLIPS).find((known): known is SlipName => known === slipName);
  const direction = DIRECTIONS.find((known) => known === directionName);
  const fault = FAULTS.find((known) => known === faultName);
  const after = AFTERS.find((known) => known === afterName);
  if (!slip || !direction || !fault || !after || more.length > 0) return undefined;
  return { slip, direction, offset: Number(offset), fault, after };
}
