/** The part of nfc-pcsc 0.8.1 (and of @pokusew/pcsclite 0.6.0 under it) that is used here; neither brings types for it. */
declare module 'nfc-pcsc' {
  import type { EventEmitter } from 'node:events';

  /** A reader of pcsclite. Errors are `Error`s whose message ends in the PC/SC code: `SCardTransmit error: … (0x80100069)`. */
  export interface PcscReader extends EventEmitter {
    readonly name: string;
    /** Kept by pcsclite's JavaScript half; it stays true after a disconnect that failed. */
    connected: boolean;
    readonly SCARD_SHARE_SHARED: number;
    readonly SCARD_SHARE_EXCLUSIVE: number;
    readonly SCARD_LEAVE_CARD: number;
    readonly SCARD_UNPOWER_CARD: number;
    connect(options: { readonly share_mode: number }, done: (error: Error | null | undefined, protocol: number) => void): void;
    disconnect(disposition: number, done: (error: Error | null | undefined) => void): void;
    transmit(command: Buffer, answerLengthMax: number, protocol: number, done: (error: Error | null | undefined, answer: Buffer) => void): void;
    /** SCardControl; needs a connection. */
    control(command: Buffer, code: number, answerLengthMax: number, done: (error: Error | null | undefined) => void): void;
    /** The system's own number for a control code of PC/SC part 10. */
    SCARD_CTL_CODE(code: number): number;
  }

  export interface Reader extends EventEmitter {
    readonly name: string;
    readonly reader: PcscReader;
  }

  export interface Pcsc extends EventEmitter {
    /** Calls `listed` with the whole list of readers, at once and after every change pcscd announces. */
    start(listed: (error: Error | undefined, readers: Buffer) => void): void;
  }

  export class NFC extends EventEmitter {
    readonly pcsc: Pcsc;
    constructor();
  }
}
