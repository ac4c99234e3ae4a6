/**
 * The seam for card readers: what the agent may know about PC/SC, and nothing more. The only production implementation is
 * `PcscCardReader` (nfc-pcsc in a child process). A device is never "maybe there": unknown is not absent.
 */

export type ReaderStatus =
  /** Not known yet: the reader process is starting. */
  | { readonly kind: 'starting' }
  /** pcscd does not answer. */
  | { readonly kind: 'service-down' }
  /** pcscd answers; no (allowed) reader is connected. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'ready'; readonly readers: readonly string[] }
  | { readonly kind: 'faulty'; readonly why: 'not-answering' | 'driver-missing' | 'reader-error' };

export type CardPresence =
  | { readonly kind: 'none' }
  | { readonly kind: 'present'; readonly generation: number; readonly reader: string; readonly atr: Uint8Array; readonly arrivedAt: number }
  /** Something lies there that could not be powered: lifted too early, or not a card we can talk to. */
  | { readonly kind: 'unreadable'; readonly generation: number; readonly reader: string; readonly why: 'moved-too-early' | 'mute' }
  /** Cards on more than one reader at once. No command is sent to any of them. */
  | { readonly kind: 'several'; readonly generation: number; readonly count: number };

export type TransmitResult =
  /** Response data followed by SW1 SW2. */
  | { readonly kind: 'answered'; readonly response: Uint8Array }
  /** The card is not there any more, or another one is: the result belongs to nobody. */
  | { readonly kind: 'card-moved' }
  | { readonly kind: 'reader-lost' };

export interface ConnectOptions {
  /** `exclusive` keeps every other program away from the card; needed while a PIN is live. */
  readonly share: 'shared' | 'exclusive';
}

export interface CardReader {
  status(): ReaderStatus;
  presence(): CardPresence;
  /** Calls `listener` after every change of status or presence. @returns a function that stops it */
  onChange(listener: () => void): () => void;
  /**
   * Sends one command APDU to the card of `generation`, once. Never sends it again by itself: a command whose answer was lost may
   * have moved value. Connects shared if nothing is connected.
   * @param generation from `presence()`; a result that comes after the card left is reported as `card-moved`
   */
  transmit(generation: number, command: Uint8Array): Promise<TransmitResult>;
  /** Connects in a stated way before the first command. */
  connect(generation: number, options: ConnectOptions): Promise<'connected' | 'card-moved' | 'reader-lost' | 'in-use'>;
  /** Ends the connection. `power-off` clears everything the card remembers of this session. */
  disconnect(generation: number, disposition: 'leave' | 'power-off'): Promise<void>;
  close(): Promise<void>;
}
