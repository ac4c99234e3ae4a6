/**
 * What the agent and its reader process say to each other. Types only: the reader process must stay small.
 *
 * An `arrival` is counted up by the reader process whenever something comes to lie on a reader. A command names the arrival it is meant
 * for, so that it can never reach the next card.
 */

export type CardState =
  | { readonly kind: 'none' }
  | { readonly kind: 'present'; readonly atr: Uint8Array }
  | { readonly kind: 'unreadable'; readonly why: 'moved-too-early' | 'mute' }
  /** The reader itself fails: its driver reports errors instead of a state. */
  | { readonly kind: 'reader-error' };

export type Share = 'shared' | 'exclusive';
export type Disposition = 'leave' | 'power-off';

/** How a command ended. `in-use`: another program holds the card, and nothing was sent. */
export type CommandOutcome =
  | { readonly kind: 'done'; readonly answer: Uint8Array | null }
  | { readonly kind: 'card-moved' }
  | { readonly kind: 'reader-lost' }
  | { readonly kind: 'in-use' };

interface Addressed {
  readonly id: number;
  readonly reader: string;
  readonly arrival: number;
}

export type CardCommand = Addressed &
  (
    | { readonly type: 'transmit'; readonly command: Uint8Array }
    | { readonly type: 'connect'; readonly share: Share }
    | { readonly type: 'disconnect'; readonly disposition: Disposition }
  );

export type ToReaderProcess = CardCommand | { readonly type: 'ping' };

export type FromReaderProcess =
  | { readonly type: 'pong' }
  /** The native module or the PC/SC library cannot be loaded. The process ends. */
  | { readonly type: 'driver-missing'; readonly detail: string }
  | { readonly type: 'service-down' }
  /** Every reader that is watched now; sent once after the start and after every change. */
  | { readonly type: 'readers'; readonly names: readonly string[] }
  | { readonly type: 'card'; readonly reader: string; readonly arrival: number; readonly card: CardState }
  | { readonly type: 'outcome'; readonly id: number; readonly outcome: CommandOutcome }
  /** A fresh process would know better: PC/SC was restarted, or the set of readers changed. */
  | { readonly type: 'replace-me'; readonly why: string }
  | { readonly type: 'trouble'; readonly what: string; readonly detail: string };
