/** Every fault that the world can suffer, by name, and how often each of them struck in a run. */

/** What it is, in a few words. */
export const FAULT_KINDS = {
  // Network
  'request-lost': 'a request goes nowhere and nobody says so',
  'request-late': 'a request arrives after newer ones',
  'request-repeated': 'a request arrives twice',
  'connection-reset': 'a connection ends before the request is out',
  'answer-lost': 'the backend did it, and its answer goes nowhere',
  'answer-reset': 'the backend did it, and the connection ends before its answer',
  'answer-late': 'an answer comes after the kiosk has given up',
  'answer-cut': 'an answer ends in the middle',
  'gateway-error': 'a gateway answers that the backend is bad',
  'wrong-host': 'another service answers, in other words',
  'back-pressure': 'the backend says that it has too much to do',
  'answer-too-large-refusal': 'a proxy says that a request is too large',
  'half-open': 'the connection is taken and never answers, nor does it end',
  'slow-link': 'everything takes seconds',
  'partition-one': 'one kiosk is cut off',
  'partition-all': 'nobody reaches the backend',
  'recorded-replay': 'somebody sends a recorded request again',
  // Machines and disks
  'backend-crash': 'the backend stops between two requests',
  'backend-crash-at-statement': 'the backend stops at a statement in a transaction',
  'backend-disk-full': 'a write of the backend finds no room',
  'backend-read-error': 'a read of the backend fails',
  'backend-restored': 'the backend is put back from a backup of some steps ago',
  'kiosk-crash': 'the kiosk stops between two steps',
  'kiosk-crash-at-call': 'the kiosk stops before or after a call of a port',
  'kiosk-power-cut': 'the kiosk loses its power, and the last write is torn',
  'kiosk-disk-full': 'a write of the kiosk finds no room',
  'kiosk-read-error': 'a read of the kiosk fails',
  'kiosk-old-ledger': 'an old copy of its ledger is put back on a kiosk',
  'kiosk-revoked': 'staff revoke a kiosk, which goes on and says so later',
  'kiosk-restart': 'somebody restarts the kiosk in order',
  'kiosk-asleep': 'all machines sleep for hours or days',
  // Clocks
  'kiosk-clock-off': 'a kiosk’s clock is off by as much as the backend tolerates',
  'kiosk-clock-days': 'a kiosk’s clock is off by days',
  'kiosk-clock-decade': 'a kiosk’s clock jumps by ten years',
  'kiosk-clock-backwards': 'a kiosk’s clock runs backwards',
  'backend-clock-off': 'the backend’s clock is off by a minute or two',
  'backend-clock-decade': 'the backend’s clock jumps by ten years and comes back',
  // Cards
  'card-command-lost': 'a card is pulled away before a command reaches it',
  'card-answer-lost': 'a card is pulled away before its answer is heard',
  'card-answer-garbled': 'an answer of a card arrives garbled',
  'card-swapped': 'another card lies there from one command to the next',
  'card-taken': 'a card is taken at any moment',
  'card-cloned': 'a copy of a card is laid down',
  'card-rolled-back': 'an earlier memory is put back on a card',
  'card-foreign': 'a card that is none of the town’s',
  'card-second': 'a second card comes near',
  'code-foreign': 'a code that is no card, or a damaged one',
  // Reader
  'reader-unplugged': 'the reader is unplugged, or its service down',
  'reader-silent': 'the reader does not answer any more',
  'reader-slow': 'the reader holds its answers back',
  // Printer
  'printer-paper-out': 'there is no paper',
  'printer-cover-open': 'the cover is open',
  'printer-silent': 'the printer says nothing',
  'printer-cut-off': 'the line to the printer breaks while it prints',
  'printer-power-cycle': 'the printer is switched off and on while it prints',
  'printer-jam': 'some of the slip comes out, and then no more',
  'printer-slow': 'the printer takes its time',
  // People
  'double-press': 'somebody presses twice',
  'old-press': 'somebody presses what another screen offered',
  'random-press': 'somebody presses anything',
  'walked-away': 'somebody leaves the card and goes',
  'wrong-card-back': 'another card is put back than was taken',
  'call-for-staff': 'somebody calls the staff in the middle of something',
  // Office and staff
  'grant-twice': 'the office grants the same person twice in a row',
  'grant-withdrawn': 'the office withdraws a grant that a kiosk may be giving out',
  'scheme-changed': 'the office changes a scheme in the middle of the day',
  'card-stopped': 'a card is reported lost while it is in use',
  'void-wrong-load': 'staff want to take back another person’s load',
  'cash-counted-twice': 'staff sell the same sets again',
  'sale-without-card': 'cash is counted in, and the card has gone',
  'refund-after-load': 'staff want to give cash back for sets that were received',
  'transfer-not-lost': 'staff want to move the value of a card that is not lost',
  'press-twice-at-desk': 'staff press twice, at the same moment',
} as const satisfies Readonly<Record<string, string>>;

export type FaultKind = keyof typeof FAULT_KINDS;
export const FAULT_NAMES = Object.keys(FAULT_KINDS) as FaultKind[];

/** What struck in one run. A fault counts when it changed something, not when it was only prepared. */
export class Strikes {
  readonly #counts = new Map<FaultKind, number>();

  add(kind: FaultKind): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }
  has(...kinds: readonly FaultKind[]): boolean {
    return kinds.some((kind) => this.#counts.has(kind));
  }
  counts(): Partial<Record<FaultKind, number>> {
    return Object.fromEntries(this.#counts);
  }
}
