/** A kiosk as the backend meets it: a key, a journal, signed requests. Holds the protocol's client side for tests only. */
import { createHash, generateKeyPairSync, KeyObject, randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { CompactSign, exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import type { CardEvidence, CardProfile } from '../../contract/card.ts';
import { EntryId, OperationId, type AccountId, type CardRef, type DeviceId } from '../../contract/ids.ts';
import { journalHash } from '../../contract/journal-hash.ts';
import { journalSealer } from '../../contract/journal-seal.ts';
import { GENESIS_HASH, type JournalBody, type JournalEntry, type JournalFact } from '../../contract/journal.ts';
import { LinkChallengeResponse, LinkResponse, LinkStateResponse, type LinkChallengeRequest, type LinkRequest, type LinkStateRequest } from '../../contract/link.ts';
import { API, ApiError, CARD_KEYS_INFO, CardKeyMaterial, CardKeysResponse, EnrolResponse, HoldResponse, PublicKey, PullResponse, PushResponse, RequestUploadResponse, WantResponse, type CardKeysRequest, type Change, type RequestClaims, type RequestUpload } from '../../contract/sync.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { openSealedText } from '../../contract/hpke.ts';
import { loadOfEntitlement, type Entitlement, type Movement, type Scheme } from '../../contract/value.ts';

/** How a request reaches the backend: through `app.inject` or over the network. */
export type Send = (request: { method: 'GET' | 'POST'; url: string; headers: Record<string, string>; payload?: string }) => Promise<{ status: number; body: string }>;

export function sendByInject(app: FastifyInstance): Send {
  return async (request) => {
    const response = await app.inject(request);
    return { status: response.statusCode, body: response.body };
  };
}

export function sendTo(address: string): Send {
  return async ({ method, url, headers, payload }) => {
    const response = await fetch(address + url, { method, headers, ...(payload === undefined ? {} : { body: payload }) });
    return { status: response.status, body: await response.text() };
  };
}

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly status: number; readonly error: ApiError };

/** A UUID of version 7 for `epochMs`. */
export function uuidV7(epochMs: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(epochMs, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export interface SigningFaults {
  readonly claims?: Partial<Record<keyof RequestClaims, string | number>>;
  /** Sent instead of the body that was signed. */
  readonly sentBody?: string;
  readonly key?: CryptoKey;
  /** Sent instead of the right seal. */
  readonly seal?: string;
}

export class TestDevice {
  send: Send;
  readonly publicKey: PublicKey;
  readonly privateKey: CryptoKey;
  /** X25519. */
  readonly sealingKey: JsonWebKey = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
  readonly now: () => number;
  identity: EnrolResponse | undefined;
  readonly entries: JournalEntry[] = [];
  readonly changes: Change[] = [];
  cursor = 0;

  private constructor(send: Send, now: () => number, privateKey: CryptoKey, publicKey: PublicKey) {
    this.send = send;
    this.now = now;
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  static async make(send: Send, now: () => number): Promise<TestDevice> {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
    const { kty, crv, x } = await exportJWK(publicKey);
    return new TestDevice(send, now, privateKey, PublicKey.parse({ kty, crv, x }));
  }

  get deviceId(): DeviceId {
    if (!this.identity) throw new Error('Not enrolled');
    return this.identity.deviceId;
  }

  async enrol(code: string, faults: { readonly proofOver?: string; readonly key?: CryptoKey; readonly sealingKey?: string } = {}): Promise<Answer<EnrolResponse>> {
    const proof = await new CompactSign(Buffer.from(faults.proofOver ?? code)).setProtectedHeader({ alg: 'EdDSA' }).sign(faults.key ?? this.privateKey);
    const response = await this.send({
      method: 'POST',
      url: API.enrol,
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify({ code, publicKey: this.publicKey, sealingKey: faults.sealingKey ?? this.sealingKey.x, proof }),
    });
    const answer = read(response, EnrolResponse);
    if (answer.ok) this.identity = answer.value;
    return answer;
  }

  async token(method: 'GET' | 'POST', url: string, body: string, faults: SigningFaults = {}): Promise<string> {
    const iat = Math.floor(this.now() / 1_000);
    const claims: Record<string, string | number> = {
      iss: this.deviceId,
      aud: 'kazasu-backend',
      iat,
      exp: iat + 60,
      jti: randomBytes(16).toString('hex'),
      htm: method,
      htu: url,
      bod: this.digest(body),
      ...faults.claims,
    };
    return new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA' }).sign(faults.key ?? this.privateKey);
  }

  async push(entries: readonly JournalEntry[] = this.entries, faults: SigningFaults = {}): Promise<Answer<PushResponse>> {
    const body = JSON.stringify({ entries, seal: faults.seal ?? this.sealOf(entries) });
    const token = await this.token('POST', API.push, body, faults);
    return read(
      await this.send({ method: 'POST', url: API.push, headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, payload: faults.sentBody ?? body }),
      PushResponse,
    );
  }

  /** How the claims of a request name its body. */
  digest(body: string): string {
    return createHash('sha256').update(body).digest('base64url');
  }

  /** The signature over the last of the entries, as the device sends it with them. */
  sealOf(entries: readonly JournalEntry[]): string {
    const head = entries.at(-1);
    if (!head) return '-'.repeat(86);
    return journalSealer({ deviceId: this.deviceId, privateKey: KeyObject.from(this.privateKey) })(head).signature;
  }

  async pull(after = this.cursor, faults: SigningFaults = {}, limit?: number, heard?: number): Promise<Answer<PullResponse>> {
    const url = `${API.pull}?after=${after}${limit === undefined ? '' : `&limit=${limit}`}${heard === undefined ? '' : `&heard=${heard}`}`;
    const token = await this.token('GET', url, '', faults);
    return read(await this.send({ method: 'GET', url, headers: { authorization: `Bearer ${token}` } }), PullResponse);
  }

  async cardKeys(request: CardKeysRequest, faults: SigningFaults = {}): Promise<Answer<CardKeysResponse>> {
    const body = JSON.stringify(request);
    const token = await this.token('POST', API.cardKeys, body, faults);
    return read(
      await this.send({ method: 'POST', url: API.cardKeys, headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, payload: faults.sentBody ?? body }),
      CardKeysResponse,
    );
  }

  async hold(accountId: AccountId): Promise<Answer<HoldResponse>> {
    const body = JSON.stringify({ accountId });
    const token = await this.token('POST', API.hold, body);
    return read(await this.send({ method: 'POST', url: API.hold, headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, payload: body }), HoldResponse);
  }

  async want(accountId: AccountId): Promise<Answer<WantResponse>> {
    const body = JSON.stringify({ accountId });
    const token = await this.token('POST', API.want, body);
    return read(await this.send({ method: 'POST', url: API.want, headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, payload: body }), WantResponse);
  }

  async handOver(request: RequestUpload): Promise<Answer<RequestUploadResponse>> {
    const body = JSON.stringify(request);
    const token = await this.token('POST', API.request, body);
    return read(await this.send({ method: 'POST', url: API.request, headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, payload: body }), RequestUploadResponse);
  }

  linkState = (request: LinkStateRequest) => this.#post(API.linkState, request, LinkStateResponse);
  linkChallenge = (request: LinkChallengeRequest) => this.#post(API.linkChallenge, request, LinkChallengeResponse);
  link = (request: LinkRequest) => this.#post(API.link, request, LinkResponse);

  async #post<T>(url: string, request: unknown, schema: { parse(value: unknown): T }): Promise<Answer<T>> {
    const payload = JSON.stringify(request);
    const token = await this.token('POST', url, payload);
    return read(await this.send({ method: 'POST', url, headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, payload }), schema);
  }

  /** Opens what `cardKeys` answered. @throws when it was sealed to another device or for another card */
  async openCardKeys(answer: CardKeysResponse): Promise<CardKeyMaterial> {
    if (answer.kind !== 'keys') throw new Error('There are no keys in the answer');
    return CardKeyMaterial.parse(JSON.parse(await openSealedText(this.sealingKey, CARD_KEYS_INFO, answer.cardRef, answer.sealed)));
  }

  /** Pulls page after page and remembers everything. @returns the changes of this pull */
  async pullAll(): Promise<Change[]> {
    const pulled: Change[] = [];
    for (;;) {
      const page = valueOf(await this.pull());
      pulled.push(...page.changes);
      this.cursor = page.cursor;
      if (!page.more) break;
    }
    this.changes.push(...pulled);
    return pulled;
  }

  /** The lease of the entitlement that the last change of it left, if there is one. */
  leases(): Map<string, Entitlement> {
    const held = new Map<string, Entitlement>();
    for (const change of this.changes) {
      if (change.type === 'lease') held.set(change.entitlement.id, change.entitlement);
      if (change.type === 'lease-ended') held.delete(change.entitlementId);
      if (change.type === 'movement' && change.movement.kind === 'load' && change.movement.entitlementId !== null) held.delete(change.movement.entitlementId);
    }
    return held;
  }

  /** Leases whose holders have a card: what this device can give out. */
  offers(): Entitlement[] {
    return [...this.leases().values()].filter(({ accountId }) => this.#cards().has(accountId));
  }

  /** @throws when the account has no card that this device knows of */
  cardOf(accountId: AccountId): CardRef {
    const cardRef = this.#cards().get(accountId);
    if (!cardRef) throw new Error('The account has no card');
    return cardRef;
  }

  /** The first card of each account that only points to it: one that anybody can lay down. */
  #cards(): Map<AccountId, CardRef> {
    const cards = new Map<AccountId, CardRef>();
    for (const change of this.changes) {
      if (change.type === 'card' && change.profile === undefined && change.state === 'active' && !cards.has(change.accountId)) cards.set(change.accountId, change.cardRef);
    }
    return cards;
  }

  schemeOf(entitlement: Entitlement): Scheme {
    const told = this.changes.findLast((change) => change.type === 'scheme' && change.scheme.id === entitlement.schemeId);
    if (told?.type !== 'scheme') throw new Error('The scheme has not been pulled');
    return told.scheme;
  }

  /** Writes into the device's own journal that value moved, by default with a card that anybody could copy. */
  appendMoved(movement: Movement, card: { readonly cardRef?: CardRef; readonly profile?: CardProfile; readonly evidence?: CardEvidence } = {}): JournalEntry {
    const { cardRef = this.cardOf(movement.accountId), profile = 'plain-identifier', evidence = { kind: 'none' } } = card;
    return this.append({ type: 'value-moved', movement, card: { cardRef, profile, evidence } });
  }

  /** Writes a fact into the device's own journal. */
  append(fact: JournalFact): JournalEntry {
    const last = this.entries.at(-1);
    const seq = (last?.seq ?? 0) + 1;
    const entry = this.entryAt(seq, last?.hash ?? GENESIS_HASH, fact);
    this.entries.push(entry);
    return entry;
  }

  entryAt(seq: number, prevHash: string, fact: JournalFact): JournalEntry {
    const content: JournalBody = { id: EntryId.parse(uuidV7(this.now())), device: this.deviceId, seq, at: momentFromEpoch(this.now()), fact };
    const body = JSON.stringify(content);
    return { seq, prevHash, hash: journalHash(prevHash, body), body };
  }

  /** The movement that takes the entitlement now. */
  load(entitlement: Entitlement): Movement {
    const occurredAt = momentFromEpoch(this.now());
    const built = loadOfEntitlement({
      entitlement,
      scheme: this.schemeOf(entitlement),
      operationId: OperationId.parse(uuidV7(this.now())),
      occurredAt,
      today: dateInTokyo(occurredAt),
      balance: 0,
    });
    if (!built.ok) throw new Error(`The rules refuse the load: ${built.why}`);
    return built.movement;
  }
}

function read<T>({ status, body }: { status: number; body: string }, schema: { parse(value: unknown): T }): Answer<T> {
  if (status === 200) return { ok: true, value: schema.parse(JSON.parse(body)) };
  return { ok: false, status, error: ApiError.parse(JSON.parse(body)) };
}

/** @throws with the refusal when the backend refused */
export function valueOf<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(`Refused with ${answer.status}: ${JSON.stringify(answer.error)}`);
  return answer.value;
}

/** @returns what the backend refused with. @throws when it did not refuse */
export function refusalOf(answer: Answer<unknown>): ApiError {
  if (answer.ok) throw new Error('The backend did not refuse');
  return answer.error;
}
