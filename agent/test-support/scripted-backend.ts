/**
 * A backend in memory that keeps the contract's promises about the journal (each entry once, in order, same chain) and can be cut off
 * at the worst moments. For tests of the agent's side; the real one is in the room next door.
 */
import type { DeviceId } from '../../contract/ids.ts';
import { checkChain } from '../../contract/journal-hash.ts';
import { GENESIS_HASH, type JournalEntry } from '../../contract/journal.ts';
import { PUSH_ENTRIES_MAX, type ApiError, type CardKeysResponse, type Change, type EnrolResponse, type Generation, type HoldRequest, type HoldResponse, type PullResponse, type PushRequest, type PushResponse, type RequestUpload, type RequestUploadResponse, type WantRequest, type WantResponse } from '../../contract/sync.ts';
import { Moment } from '../../contract/time.ts';
import type { Backend, BackendAnswer } from '../ports.ts';

export type Fault = 'unreachable' | 'answer-lost' | ApiError['what'];
const PAGE = 3;

export class ScriptedBackend implements Backend {
  readonly device: DeviceId;
  journal: JournalEntry[] = [];
  readonly changes: Change[] = [];
  /** The next requests meet these, in order; after them all is well. */
  readonly faults: Fault[] = [];
  /** Every request meets this. */
  constantFault: Fault | undefined;
  entriesMax = PUSH_ENTRIES_MAX;
  /** True: what is pushed is kept, but the device is refused. */
  revoked = false;
  /** Said with every refusal. */
  retryAfterSeconds: number | undefined;
  /** Called for each hold that is asked for, when the request arrives. */
  holdAnswer: () => HoldResponse = () => ({ kind: 'held', cursor: this.changes.length });
  readonly requests: string[] = [];
  /** The seals that arrived, in order. */
  readonly seals: string[] = [];
  /** What each push brought, whatever became of it. */
  readonly pushes: Array<readonly JournalEntry[]> = [];
  /** Which history of the feed it tells; it says nothing of it when left out. */
  generation: Generation | undefined;
  pageSize = PAGE;
  /** How many changes each pull asked for. */
  readonly limits: Array<number | undefined> = [];
  /** Up to where each pull said that everything unsent was done knowing the feed. */
  readonly heard: number[] = [];
  /** Sealed requests that were handed over, by their ids. */
  readonly sealedRequests = new Map<string, string>();
  /** What the town says of links of cards; about them it cannot be asked while this is left out. */
  links: Pick<Backend, 'linkState' | 'linkChallenge' | 'link'> | undefined;
  readonly #underWay = new Set<string>();
  #held: Array<() => void> | null = null;

  constructor(device: DeviceId) {
    this.device = device;
  }

  async enrol(): Promise<BackendAnswer<EnrolResponse>> {
    return { kind: 'unreachable', detail: 'enrolment is not scripted' };
  }
  async cardKeys(): Promise<BackendAnswer<CardKeysResponse>> {
    return { kind: 'unreachable', detail: 'keys of cards are not scripted' };
  }
  push({ entries, seal }: PushRequest): Promise<BackendAnswer<PushResponse>> {
    this.pushes.push(entries);
    return this.#serve(`push ${entries[0]?.seq ?? 0}-${entries.at(-1)?.seq ?? 0}`, () => {
      this.seals.push(seal);
      return this.#post(entries);
    });
  }
  pull(after: number, limit?: number, generation?: Generation | null, heard = after): Promise<BackendAnswer<PullResponse>> {
    this.limits.push(limit);
    this.heard.push(heard);
    return this.#serve(`pull ${after}`, () => {
      const from = this.generation === undefined || this.generation === generation ? after : 0;
      const changes = this.changes.slice(from, from + this.pageSize);
      const cursor = from + changes.length;
      const ofGeneration = this.generation === undefined ? {} : { generation: this.generation };
      return { kind: 'answered', value: { changes, cursor, more: cursor < this.changes.length, serverTime: Moment.parse('2026-11-21T01:05:00.000Z'), ...ofGeneration } };
    });
  }
  /** Answers with what `holdAnswer` says; the changes that go with it are the test's own. */
  hold({ accountId }: HoldRequest): Promise<BackendAnswer<HoldResponse>> {
    return this.#answer(`hold ${accountId}`, () => ({ kind: 'answered', value: this.holdAnswer() }));
  }
  want({ accountId }: WantRequest): Promise<BackendAnswer<WantResponse>> {
    return this.#answer(`want ${accountId}`, () => ({ kind: 'answered', value: { cursor: this.changes.length, recalled: 0 } }));
  }
  /** Keeps what the journal speaks of. */
  request({ requestId, sealed }: RequestUpload): Promise<BackendAnswer<RequestUploadResponse>> {
    return this.#answer(`request ${requestId}`, (): BackendAnswer<RequestUploadResponse> => {
      if (!this.journal.some(({ body }) => body.includes(requestId))) return { kind: 'answered', value: { kind: 'unknown-request' } };
      this.sealedRequests.set(requestId, sealed);
      return { kind: 'answered', value: { kind: 'kept' } };
    });
  }
  linkState: Backend['linkState'] = (asked) => this.links?.linkState(asked) ?? this.#silent();
  linkChallenge: Backend['linkChallenge'] = (asked) => this.links?.linkChallenge(asked) ?? this.#silent();
  link: Backend['link'] = (asked) => this.links?.link(asked) ?? this.#silent();
  async #silent(): Promise<{ readonly kind: 'unreachable'; readonly detail: string }> {
    return { kind: 'unreachable', detail: 'links of cards are not scripted' };
  }
  /** Holds every answer back until `release`. */
  holdAnswers(): void {
    this.#held = [];
  }
  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const go of held) go();
  }

  #post(entries: readonly JournalEntry[]): BackendAnswer<PushResponse> {
    if (entries.length > this.entriesMax) return refusal('too-large');
    const first = entries[0]?.seq ?? 1;
    if (first > this.journal.length + 1) return { kind: 'refused', error: { what: 'gap', message: '', expectedSeq: this.journal.length + 1 } };
    const known = entries.filter(({ seq }) => seq <= this.journal.length);
    if (known.some((entry) => this.journal[entry.seq - 1]?.hash !== entry.hash)) return refusal('conflict');
    const fresh = entries.slice(known.length);
    const checked = checkChain(this.device, fresh, this.journal.length, this.#headHash());
    if (!checked.ok) return refusal('chain-broken');
    this.journal = [...this.journal, ...fresh];
    if (this.revoked) return { kind: 'refused', error: { what: 'revoked', message: '', expectedSeq: this.journal.length + 1 } };
    return { kind: 'answered', value: { acknowledgedSeq: this.journal.length, acknowledgedHash: this.#headHash() } };
  }
  #headHash(): string {
    return this.journal.at(-1)?.hash ?? GENESIS_HASH;
  }
  /** Requests of the synchroniser: never two of a kind at once. */
  async #serve<T>(request: string, answer: () => BackendAnswer<T>): Promise<BackendAnswer<T>> {
    const [kind = ''] = request.split(' ');
    if (this.#underWay.has(kind)) throw new Error(`Two requests at once: ${kind}`);
    this.#underWay.add(kind);
    try {
      return await this.#answer(request, answer);
    } finally {
      this.#underWay.delete(kind);
    }
  }
  async #answer<T>(request: string, answer: () => BackendAnswer<T>): Promise<BackendAnswer<T>> {
    this.requests.push(request);
    if (this.#held) await new Promise<void>((resolve) => this.#held?.push(resolve));
    const fault = this.constantFault ?? this.faults.shift();
    if (fault === 'unreachable') return { kind: 'unreachable', detail: 'ECONNREFUSED' };
    if (fault === 'answer-lost') {
      answer();
      return { kind: 'unreachable', detail: 'UND_ERR_SOCKET' };
    }
    return fault ? refusal(fault, this.retryAfterSeconds) : answer();
  }
}

function refusal(what: ApiError['what'], retryAfterSeconds?: number): { readonly kind: 'refused'; readonly error: ApiError } {
  return { kind: 'refused', error: { what, message: `refused: ${what}`, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) } };
}
