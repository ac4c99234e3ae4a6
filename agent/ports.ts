/**
 * The ports of the agent: everything it needs of the world is passed in. No module of the agent reads the time or a random number
 * by itself, so the production agent can be run under a seed.
 */
import type { CardKeys } from '../hardware/card/card-keys.ts';
import type { CardReader } from '../hardware/reader/card-reader.ts';
import type { SlipPrinter } from '../hardware/printer/slip-printer.ts';
import type { CodeScanner } from '../hardware/scanner/code-scanner.ts';
import type { LinkChallengeRequest, LinkChallengeResponse, LinkRequest, LinkResponse, LinkStateRequest, LinkStateResponse } from '../contract/link.ts';
import type { SealJournal } from '../contract/journal-seal.ts';
import type { CardKeysRequest, CardKeysResponse, EnrolRequest, EnrolResponse, HoldRequest, HoldResponse, PullResponse, PushRequest, PushResponse, RequestUpload, RequestUploadResponse, WantRequest, WantResponse, ApiError, Generation } from '../contract/sync.ts';
import type { RequestCodes } from './keys/request-codes.ts';
import type { SlipCopies } from './keys/slip-copies.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Log } from './log/log.ts';

export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. May jump when someone sets it. */
  now(): number;
  /** Milliseconds that only grow; for durations. */
  monotonic(): number;
  /** Runs `task` once after `ms`. @returns a function that cancels it */
  after(ms: number, task: () => void): () => void;
}

export interface Randomness {
  bytes(length: number): Uint8Array;
}

/** What the backend said, or that it could not be asked. A refusal is an answer; silence is not. */
export type BackendAnswer<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'refused'; readonly error: ApiError }
  | { readonly kind: 'unreachable'; readonly detail: string };

export interface Backend {
  enrol(request: EnrolRequest): Promise<BackendAnswer<EnrolResponse>>;
  push(request: PushRequest): Promise<BackendAnswer<PushResponse>>;
  /** @param limit the most changes of the page; as many as the backend gives when left out @param heard where the cursor stood when the oldest was begun of what is not pushed yet */
  pull(after: number, limit?: number, generation?: Generation | null, heard?: number): Promise<BackendAnswer<PullResponse>>;
  /** Somebody waits at the counter: answers within seconds, or says that the backend cannot be reached. */
  cardKeys(request: CardKeysRequest): Promise<BackendAnswer<CardKeysResponse>>;
  /** Asks to be the only device that takes value out of an account. Somebody waits: as quick as `cardKeys`. Asking again changes nothing. */
  hold(request: HoldRequest): Promise<BackendAnswer<HoldResponse>>;
  /** Says whose card lies here, so that what they may receive and buy comes to this device. Nobody waits for the answer. */
  want(request: WantRequest): Promise<BackendAnswer<WantResponse>>;
  /** Hands a sealed request over to the office. Handing it over again changes nothing. */
  request(request: RequestUpload): Promise<BackendAnswer<RequestUploadResponse>>;
  /** Whether a My Number card could be linked with the account. As quick as `cardKeys`. */
  linkState(request: LinkStateRequest): Promise<BackendAnswer<LinkStateResponse>>;
  /** Somebody waits: as quick as `cardKeys`. */
  linkChallenge(request: LinkChallengeRequest): Promise<BackendAnswer<LinkChallengeResponse>>;
  /** Sent again, it is answered the same. */
  link(request: LinkRequest): Promise<BackendAnswer<LinkResponse>>;
}

export interface Ports {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly reader: CardReader;
  /** Missing where the kiosk has none. */
  readonly scanner?: CodeScanner;
  readonly cardKeys: CardKeys;
  readonly printer: SlipPrinter;
  /** Missing where nothing is ever asked for. */
  readonly requestCodes?: RequestCodes;
  /** Draws a slip's markup as it will be printed, as an SVG. Missing where nobody looks at it. */
  readonly drawSlip?: (markup: string) => Promise<string>;
  /** Missing where no slip is ever printed again. */
  readonly slipCopies?: SlipCopies;
  readonly ledger: Ledger;
  /** Signs the journal's head with the device's key, which nothing else needs to have. */
  readonly sealJournal: SealJournal;
  readonly backend: Backend;
  readonly log: Log;
}
