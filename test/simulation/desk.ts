/**
 * The staff's desk at a kiosk: a reader of its own, and the use cases that staff begin. People there make mistakes: they take the wrong
 * load back, count cash twice, sell to somebody who has left. What the use cases answer is written down; whether it was right, the books
 * and cards show at the end.
 */
import { newOperationId } from '../../agent/new-id.ts';
import { LedgerUnavailable } from '../../agent/ledger/ledger-unavailable.ts';
import { exchangePoints } from '../../agent/services/exchange-points.ts';
import { givePoints } from '../../agent/services/give-points.ts';
import type { DebitPorts } from '../../agent/services/debit-value.ts';
import { refundClaim } from '../../agent/services/refund-claim.ts';
import { sellSets } from '../../agent/services/sell-sets.ts';
import { loadValue } from '../../agent/services/load-value.ts';
import { showBalance, type Holder, type PresentCard, type ShowBalanceResult } from '../../agent/services/show-balance.ts';
import { spendValue } from '../../agent/services/spend-value.ts';
import { transferCard } from '../../agent/services/transfer-card.ts';
import { voidLoad } from '../../agent/services/void-load.ts';
import type { RequestCodes } from '../../agent/keys/request-codes.ts';
import { makeRequest, printRequest, withdrawRequest } from '../../agent/services/make-request.ts';
import { reprintSlip } from '../../agent/services/reprint-slip.ts';
import type { Ports } from '../../agent/ports.ts';
import { StaffId, type AccountId, type OperationId, type RequestId } from '../../contract/ids.ts';
import type { Draft } from '../../contract/procedure/answering.ts';
import { sampleProcedure } from '../../contract/test-support/sample-procedure.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import type { Movement } from '../../contract/value.ts';
import { codeCard } from '../../hardware/card/code-card.ts';
import type { VirtualCard } from '../../hardware/simulator/virtual-card.ts';
import type { Chance } from '../../backend/seed/constant-chance.ts';
import { RunIsOver } from './agent-points.ts';
import type { Strikes } from './fault-kinds.ts';
import { accountOf, identifierOf, profileOf, type Resident } from './residents.ts';
import { CLUB, GRANT, OPENING, POINTS, SALE_TERMS, SOLD, STALL } from './schemes.ts';
import type { SimulatedReader } from './simulated-reader.ts';
import type { Rest } from './simulated-time.ts';
import type { Trace } from './trace.ts';

export const ERRANDS = ['spend', 'give', 'exchange', 'buy', 'void', 'refund', 'transfer', 'ask'] as const;
export type Errand = (typeof ERRANDS)[number];

export const MISTAKES = ['void-wrong-load', 'cash-counted-twice', 'sale-without-card', 'refund-after-load', 'transfer-not-lost', 'press-twice-at-desk'] as const;
export type Mistake = (typeof MISTAKES)[number];

const STAFF = [StaffId.parse('s-1'), StaffId.parse('s-2')] as const;

/** What the desk of one run of a kiosk has. */
export interface DeskSetting {
  readonly name: string;
  readonly ports: Ports;
  readonly debitPorts: DebitPorts;
  readonly cardKey: Uint8Array;
  readonly device: Parameters<typeof refundClaim>[0]['device'];
  readonly deviceLabel: string;
  readonly codes: RequestCodes;
  readonly rest: Rest;
  readonly reader: SimulatedReader;
  readonly trace: Trace;
  readonly strikes: Strikes;
  readonly onLedgerGone: () => void;
  readonly onFault: (sentence: string) => void;
  /** Cash goes into the drawer (positive) or out of it; undefined: nobody knows what became of it. */
  readonly onCash: (yen: number | undefined) => void;
  /** Somebody with this name asked for something. */
  readonly onRequest: (request: RequestId, name: string) => void;
}

export interface DeskVisit {
  readonly resident: Resident;
  /** Undefined for a paper card, which is shown. */
  readonly card: VirtualCard | undefined;
  readonly errand: Errand;
  readonly mistake: Mistake | undefined;
  /** Residents whose cards were reported lost. */
  readonly lost: readonly Resident[];
  readonly others: readonly Resident[];
}

interface At {
  readonly holder: Holder;
  readonly visit: DeskVisit;
  readonly chance: Chance;
}

export class Desk {
  readonly #setting: DeskSetting;
  /** Whose card lies here. */
  card: Resident | undefined;
  #shown = 0;
  busy = false;
  /** What value may be taken out of for the person here. */
  account: AccountId | undefined;

  constructor(setting: DeskSetting) {
    this.#setting = setting;
  }

  /** Begins a visit; it goes on while the world does. */
  serve(visit: DeskVisit, chance: Chance): void {
    this.busy = true;
    this.card = visit.resident;
    this.account = accountOf(visit.resident);
    this.#setting.trace.note(this.#setting.name, `desk: ${visit.errand}`, `${visit.resident} ${visit.mistake ?? ''}`);
    void this.#serve(visit, chance)
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.busy = false;
        this.account = undefined;
        if (this.card === visit.resident) this.clear();
      });
  }

  /** Whether the books here have what it takes. @param lost cards of the same person */
  mayCome(errand: Errand, resident: Resident, lost: readonly Resident[]): boolean {
    const account = accountOf(resident);
    const { clock, ledger } = this.#setting.ports;
    const now = momentFromEpoch(clock.now());
    const has = (...schemes: ReadonlyArray<{ readonly id: string }>) => ledger.lotsOf(account).some(({ lot, amount }) => amount > 0 && schemes.some(({ id }) => id === lot.schemeId));
    switch (errand) {
      case 'spend':
        return has(OPENING, GRANT, SOLD);
      case 'give':
        return has(POINTS);
      case 'exchange':
        return has(GRANT);
      case 'buy':
        return ledger.rightsOf(account, SOLD.id, dateInTokyo(now), now).length > 0;
      case 'void':
        return this.#loadsToday(account).length > 0;
      case 'refund':
        return ledger.openClaimsOf(account).length > 0;
      case 'transfer':
        return lost.length > 0;
      case 'ask':
        return ledger.officeKey() !== null;
    }
  }

  #loadsToday(account: AccountId): Movement[] {
    const { clock, ledger } = this.#setting.ports;
    return ledger.loadsOf(account, dateInTokyo(momentFromEpoch(clock.now())));
  }

  /** The card is taken away, in the middle of anything. */
  clear(): void {
    this.card = undefined;
    this.#shown += 1;
    this.#setting.reader.take();
  }

  async #serve(visit: DeskVisit, chance: Chance): Promise<void> {
    const { trace, name } = this.#setting;
    const shown = await this.#shownTo(visit);
    if (shown.kind !== 'holder') return trace.note(name, 'desk: no balance', shown.kind === 'not-usable' ? shown.why : shown.kind);
    const at = { holder: shown.holder, visit, chance };
    const said = await this.#do(at);
    trace.note(name, `desk: ${visit.errand} ended`, said);
  }

  #shownTo(visit: DeskVisit): Promise<ShowBalanceResult> {
    const { ports, cardKey } = this.#setting;
    return showBalance(this.#lay(visit), { ...ports, cardKey, felicaReaders: [{ nameHas: 'direct', style: 'direct' }] });
  }

  #lay({ resident, card }: DeskVisit): PresentCard {
    const { reader } = this.#setting;
    this.#shown += 1;
    if (card === undefined) {
      const own = this.#shown;
      const identifier = Uint8Array.from(Buffer.from(identifierOf(resident), 'hex'));
      return { kind: 'shown', generation: own, card: codeCard(identifier, () => this.#shown === own) };
    }
    reader.put(card);
    const presence = reader.presence();
    if (presence.kind !== 'present') throw new Error('A card that was laid down does not lie there');
    return presence;
  }

  async #do(at: At): Promise<string> {
    const { visit } = at;
    switch (visit.errand) {
      case 'spend':
        return this.#spend(at);
      case 'give':
        return this.#give(at);
      case 'exchange':
        return this.#exchange(at);
      case 'buy':
        return this.#sell(at);
      case 'void':
        return this.#void(at);
      case 'refund':
        return this.#refund(at);
      case 'transfer':
        return this.#transfer(at);
      case 'ask':
        return this.#ask(at);
    }
  }

  /** Does it, and once more under the same id when somebody presses twice. */
  async #pressed<Result extends { readonly kind: string }>({ visit }: At, ask: (operationId: OperationId) => Result | Promise<Result>): Promise<Result> {
    const { ports, strikes } = this.#setting;
    const operationId = newOperationId(ports.clock, ports.randomness);
    if (visit.mistake !== 'press-twice-at-desk') return ask(operationId);
    strikes.add('press-twice-at-desk');
    // A use case that ends before it has begun must not leave the other one alone.
    const press = async () => ask(operationId);
    const [first] = await Promise.all([press(), press()]);
    return first;
  }

  async #spend(at: At): Promise<string> {
    const { chance, holder } = at;
    const scheme = chance.pick([OPENING, OPENING, GRANT, SOLD]);
    const amount = chance.percent(10) ? 1_000_000 : 1 + chance.below(scheme === GRANT ? 30 : 900);
    return said(await this.#pressed(at, (operationId) => spendValue({ operationId, holder, schemeId: scheme.id, amount, acceptor: STALL, staff: staffOf(chance) }, this.#setting.debitPorts)));
  }

  async #give(at: At): Promise<string> {
    const { chance, holder } = at;
    const amount = 2 * (1 + chance.below(6));
    return said(await this.#pressed(at, (operationId) => givePoints({ operationId, holder, schemeId: POINTS.id, amount, activity: CLUB, staff: staffOf(chance) }, this.#setting.debitPorts)));
  }

  async #exchange(at: At): Promise<string> {
    const { chance, holder } = at;
    const times = 1 + chance.below(4);
    return said(await this.#pressed(at, (operationId) => exchangePoints({ operationId, holder, schemeId: GRANT.id, to: POINTS.id, times, staff: staffOf(chance) }, this.#setting.debitPorts)));
  }

  async #sell(at: At): Promise<string> {
    const { chance, holder, visit } = at;
    const { ports, strikes, device } = this.#setting;
    const sets = 1 + chance.below(SALE_TERMS.perPerson + 1);
    const staff = [STAFF[0]];
    const sell = (operationId: OperationId) => sellSets({ operationId, holder, schemeId: SOLD.id, sets, device, staff }, ports);
    if (visit.mistake === 'sale-without-card') {
      this.clear();
      strikes.add('sale-without-card');
    }
    const sold = await this.#cash(this.#pressed(at, sell), sets * SALE_TERMS.priceYen);
    if (visit.mistake === 'cash-counted-twice' && sold.kind !== 'refused') {
      strikes.add('cash-counted-twice');
      return `${said(sold)}, ${said(await this.#cash(sell(newOperationId(ports.clock, ports.randomness)), sets * SALE_TERMS.priceYen))}`;
    }
    return said(sold);
  }

  /** Staff put the cash into the drawer when they are told that it was taken; when the machine stops meanwhile, they have to look. */
  async #cash<Result extends { readonly kind: string }>(asked: Promise<Result>, yen: number): Promise<Result> {
    try {
      const result = await asked;
      if (result.kind !== 'refused') this.#setting.onCash(yen);
      return result;
    } catch (error) {
      this.#setting.onCash(undefined);
      throw error;
    }
  }

  async #void(at: At): Promise<string> {
    const { chance, holder, visit } = at;
    const { debitPorts, strikes } = this.#setting;
    const wrong = visit.mistake === 'void-wrong-load';
    const loads = wrong ? visit.others.flatMap((other) => this.#loadsToday(accountOf(other))) : this.#loadsToday(holder.accountId);
    if (loads.length === 0) return 'nothing to take back';
    if (wrong) strikes.add('void-wrong-load');
    const load = chance.pick(loads);
    const result = await this.#pressed(at, (operationId) => voidLoad({ operationId, holder, load: load.operationId, staff: staffOf(chance) }, debitPorts));
    if (wrong && result.kind !== 'refused') this.#setting.onFault(`The load of another account was taken back: ${result.kind}`);
    if (result.kind !== 'moved' || chance.percent(20)) return said(result);
    // What was paid for is the customer's claim again, and most want the cash; what was granted most receive anew.
    return `${said(result)}, ${load.ofOperation === undefined ? await this.#receive(visit, load) : await this.#giveBack(at, load.ofOperation)}`;
  }

  /** What was granted and taken back, at once. */
  async #receive(visit: DeskVisit, { entitlementId }: Movement): Promise<string> {
    const { debitPorts } = this.#setting;
    const shown = await this.#shownTo(visit);
    const offer = shown.kind === 'holder' ? shown.holder.offers.find(({ entitlement }) => entitlement.id === entitlementId) : undefined;
    if (shown.kind !== 'holder' || !offer) return 'not to be received again';
    return said(await loadValue({ holder: shown.holder, offer }, debitPorts));
  }

  async #refund(at: At): Promise<string> {
    const { chance, holder, visit } = at;
    const { ports, strikes } = this.#setting;
    const late = visit.mistake === 'refund-after-load';
    const sales = late ? this.#loadedSales(holder) : ports.ledger.openClaimsOf(holder.accountId);
    if (sales.length === 0) return 'nothing to give back';
    if (late) strikes.add('refund-after-load');
    const sale = chance.pick(sales).operationId;
    const answer = await this.#giveBack(at, sale);
    if (late && answer.startsWith('refunded')) this.#setting.onFault('Cash was given back for sets that the customer has');
    return answer;
  }

  async #giveBack(at: At, sale: OperationId): Promise<string> {
    const { ports, device, onCash } = this.#setting;
    try {
      const result = await this.#pressed(at, (operationId) => refundClaim({ operationId, sale, device, staff: [STAFF[0]] }, ports));
      if (result.kind === 'refunded') onCash(-result.yen);
      return said(result);
    } catch (error) {
      onCash(undefined);
      throw error;
    }
  }

  /** Sales whose sets have come to their buyer. */
  #loadedSales({ accountId }: Holder): Movement[] {
    const { ports } = this.#setting;
    return this.#loadsToday(accountId).flatMap(({ ofOperation }) => {
      const sale = ofOperation === undefined ? undefined : ports.ledger.movementOf(ofOperation);
      return sale ? [sale] : [];
    });
  }

  async #transfer(at: At): Promise<string> {
    const { chance, holder, visit } = at;
    const { debitPorts, strikes } = this.#setting;
    const notLost = visit.mistake === 'transfer-not-lost';
    const candidates = (notLost ? visit.others.filter((other) => !visit.lost.includes(other)) : visit.lost).filter((other) => other !== visit.resident);
    if (candidates.length === 0) return 'nothing to transfer';
    if (notLost) strikes.add('transfer-not-lost');
    const from = chance.pick(candidates);
    this.account = accountOf(from);
    const result = await this.#pressed(at, (operationId) => transferCard({ operationId, holder, from: accountOf(from), staff: [STAFF[0]] }, debitPorts));
    return `${said(result)} from ${from} (${profileOf(from)})`;
  }

  /** Asks for something of which the name is nobody's business, has the slip printed, and sometimes thinks better of it. */
  async #ask({ chance, visit }: At): Promise<string> {
    const { ports, device, deviceLabel, rest, onRequest } = this.#setting;
    const name = identifierOf(visit.resident);
    const asking = { draft: ASKED_FOR, visit: { today: dateInTokyo(momentFromEpoch(ports.clock.now())), identity: 'stored-value' as const, known: { name }, areas: [] } };
    const result = await rest.during(makeRequest(asking, { deviceId: device, deviceLabel }, ports));
    if (result.kind !== 'made') return result.kind;
    onRequest(result.request.requestId, name);
    const frame = (slipNumber: number) => ({ slipNumber, deviceLabel, town: '小さな町', site: '役場', now: momentFromEpoch(ports.clock.now()), form: 'ja' as const, large: false });
    const printed = await printRequest(result.request, { codes: this.#setting.codes, sealed: false, frame }, ports);
    // Staff look at the printer, and sometimes have it print once more what did come out.
    if (chance.percent(printed.kind === 'printed' ? 10 : 60)) return `${printed.kind}, again: ${(await reprintSlip({ slipNumber: result.request.slipNumber, staff: STAFF[0] }, ports)).kind}`;
    if (!chance.percent(15)) return printed.kind;
    withdrawRequest(result.request, ports);
    return 'withdrawn';
  }

  #failed(error: unknown): void {
    const { onFault, onLedgerGone } = this.#setting;
    if (error instanceof RunIsOver) return;
    if (error instanceof LedgerUnavailable) return onLedgerGone();
    onFault(`A use case at the desk fell: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}

/** Everything it asks is known from the card. */
const ASKED_FOR: Draft = { procedure: sampleProcedure(), asker: 'self', answers: new Map() };

/** Nobody, one or two of the staff. */
function staffOf(chance: Chance): StaffId[] {
  return STAFF.slice(0, chance.weighted([[0, 15], [1, 60], [2, 25]]));
}

function said(result: { readonly kind: string; readonly rule?: string; readonly why?: { readonly kind: string } }): string {
  return [result.kind, result.rule, result.why?.kind].filter((word) => word !== undefined).join(' ');
}
