/**
 * A regional-currency platform as `docs/adapters.md` describes it, small enough to be read at one go, with named faults. It shares the wire's schemas
 * with nobody but itself: what it understands is written out here again.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const PLATFORM_FAULTS = [
  /** The request arrives, nothing is done, no answer comes. */
  'silent',
  /** It is done, and the line breaks before the answer. */
  'lost-answer',
  /** It is done twice, as when a proxy repeats it. */
  'duplicate',
  /** An error, and nothing was done. */
  'error-before',
  /** An error, although it was done. */
  'error-after',
  /** The answer names another amount or state than was booked. */
  'wrong-answer',
  /** The answer is cut short. */
  'garbled',
  /** A maintenance page with status 200. */
  'page',
] as const;
export type PlatformFault = (typeof PLATFORM_FAULTS)[number];

interface Transfer {
  readonly accountId: string;
  readonly schemeId: string;
  readonly direction: 'credit' | 'debit';
  readonly amount: number;
  state: 'reserved' | 'confirmed' | 'cancelled';
}

type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };
const refused = (error: string): Answer => ({ status: 409, body: { error } });

export class PlatformStandIn {
  readonly token = 'stand-in-token';
  readonly transfers = new Map<string, Transfer>();
  /** How often each key was really confirmed: more than once would be money made twice. */
  readonly confirmations = new Map<string, number>();
  /** The next requests go wrong like this, one after the other. */
  readonly faults: PlatformFault[] = [];
  requests = 0;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** Confirmed credits less confirmed debits. */
  balance(accountId: string, schemeId: string): number {
    return [...this.transfers.values()]
      .filter((transfer) => transfer.accountId === accountId && transfer.schemeId === schemeId && transfer.state === 'confirmed')
      .reduce((sum, { direction, amount }) => sum + (direction === 'credit' ? amount : -amount), 0);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    let text = '';
    for await (const part of request) text += String(part);
    const fault = this.faults.shift();
    const act = () => (request.headers.authorization === `Bearer ${this.token}` ? this.#act(request.method ?? '', request.url ?? '', text) : { status: 401, body: {} });
    const say = ({ status, body }: Answer, cut = 0) => {
      const json = JSON.stringify(body);
      response.writeHead(status, { 'content-type': 'application/json' }).end(json.slice(0, json.length - cut));
    };
    switch (fault) {
      case undefined:
        return say(act());
      case 'silent':
        return;
      case 'lost-answer':
        act();
        return void request.socket.destroy();
      case 'duplicate':
        act();
        return say(act());
      case 'error-before':
        return say({ status: 503, body: {} });
      case 'error-after':
        act();
        return say({ status: 500, body: {} });
      case 'wrong-answer': {
        const { status, body } = act();
        return say({ status, body: { ...body, ...(typeof body['amount'] === 'number' ? { amount: body['amount'] + 1 } : { state: 'reserved' }) } });
      }
      case 'garbled':
        return say(act(), 5);
      case 'page':
        response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Maintenance</h1>');
    }
  }

  #act(method: string, url: string, text: string): Answer {
    const [, , noun = '', key = '', verb = '', last = ''] = url.split('/').map((part) => decodeURIComponent(part));
    if (noun === 'accounts' && method === 'GET' && verb === 'balances') return { status: 200, body: { accountId: key, schemeId: last, amount: this.balance(key, last) } };
    if (noun !== 'transfers') return { status: 404, body: { error: 'bad-request' } };
    if (method === 'PUT' && verb === '') return this.#reserve(key, JSON.parse(text) as Omit<Transfer, 'state'>);
    const transfer = this.transfers.get(key);
    if (method !== 'POST' || !transfer) return refused('bad-request');
    if (verb === 'confirm') {
      if (transfer.state === 'cancelled') return refused('cancelled');
      if (transfer.state === 'reserved') this.confirmations.set(key, (this.confirmations.get(key) ?? 0) + 1);
      transfer.state = 'confirmed';
    } else if (transfer.state === 'reserved') transfer.state = 'cancelled';
    return { status: 200, body: { key, state: transfer.state } };
  }

  #reserve(key: string, { accountId, schemeId, direction, amount }: Omit<Transfer, 'state'>): Answer {
    if (!Number.isInteger(amount) || amount < 1) return refused('bad-request');
    const before = this.transfers.get(key);
    if (before) {
      const same = before.accountId === accountId && before.schemeId === schemeId && before.direction === direction && before.amount === amount;
      return same ? { status: 200, body: { key, ...before } } : refused('key-reused');
    }
    const setAside = [...this.transfers.values()].filter((other) => other.accountId === accountId && other.schemeId === schemeId && other.direction === 'debit' && other.state === 'reserved').reduce((sum, other) => sum + other.amount, 0);
    if (direction === 'debit' && this.balance(accountId, schemeId) - setAside < amount) return refused('not-enough');
    const transfer: Transfer = { accountId, schemeId, direction, amount, state: 'reserved' };
    this.transfers.set(key, transfer);
    return { status: 200, body: { key, ...transfer } };
  }
}
