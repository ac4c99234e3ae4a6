/**
 * One case of the tearing tier: which operation, where it is torn and how, what happens until the card comes back, and where it is torn
 * again on the way. A case is its name: the same name is the same case for ever, so that a failure can be run again alone.
 */
import type { Tear } from '../../../hardware/simulator/direct-reader.ts';

export const TEARS = ['command-lost', 'answer-lost', 'answer-garbled'] as const satisfies readonly Tear[];

export const JOURNEYS = [
  /** The card is laid on the same kiosk again. */
  'same-kiosk',
  /** The kiosk noticed the tear, and is started anew before the card comes back. */
  'restarted-kiosk',
  /** The kiosk loses its power at the very tear, each time; what it had written down is all that it knows. */
  'power-cut',
  /** The town tells another kiosk what is open; the card is laid there, and the town decides by what it shows. */
  'other-kiosk',
  /** As `power-cut`, and another kiosk sees the card before anybody could tell it anything. */
  'other-kiosk-first',
  /** Another person's card is laid down in between. */
  'other-card',
  /** The backend cannot be asked any more; the keys of the card are kept. */
  'offline-kept-keys',
  /** The backend cannot be asked for the keys, which are not kept, until a tap later. */
  'offline-no-keys',
] as const;
export type Journey = (typeof JOURNEYS)[number];

export interface TornAt {
  /** Commands of all kiosks to all cards of the case, in order, from 0. */
  readonly command: number;
  readonly how: Tear;
}

export interface TearingCase {
  /** Name of a subject. */
  readonly subject: string;
  readonly journey: Journey;
  readonly first: TornAt;
  readonly second: TornAt | undefined;
}

/** As `desfire-spend-wrapped/power-cut/12-answer-lost/18-command-lost`; without a second tear it ends in `undisturbed`. */
export function nameOf({ subject, journey, first, second }: TearingCase): string {
  return [subject, journey, tornName(first), second ? tornName(second) : 'undisturbed'].join('/');
}

const tornName = ({ command, how }: TornAt): string => `${command}-${how}`;

/** @returns undefined when it is no name of a case; whether there is such a subject, and such a command, shows when it is run */
export function caseOfName(name: string): TearingCase | undefined {
  const [subject, journey, first, second, ...more] = name.split('/');
  const tornFirst = tornAt(first);
  const tornSecond = tornAt(second);
  const known = JOURNEYS.find((other) => other === journey);
  if (subject === undefined || !known || !tornFirst || more.length > 0 || (second !== 'undisturbed' && !tornSecond)) return undefined;
  return { subject, journey: known, first: tornFirst, second: tornSecond };
}

function tornAt(text: string | undefined): TornAt | undefined {
  const [, command, kind] = /^(\d{1,4})-([a-z-]+)$/.exec(text ?? '') ?? [];
  const how = TEARS.find((tear) => tear === kind);
  return command !== undefined && how ? { command: Number(command), how } : undefined;
}
