/**
 * A kiosk's real ledger, open over many cases: each case brings its own account, card and entitlement, so that the file is opened anew
 * only where a case wants just that. It lies in memory where the machine has a place for that, because nothing here tests the disk.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AccountId, LotId, OperationId, type DeviceId } from '../../../contract/ids.ts';
import type { Change } from '../../../contract/sync.ts';
import { issuedAccount, pocketAccount, type Movement } from '../../../contract/value.ts';
import { NOW } from '../../../agent/test-support/ledger-town.ts';
import type { Ledger } from '../../../agent/ledger/ledger.ts';
import { openLedger } from '../../../agent/ledger/sqlite-ledger.ts';
import { HELD, SCHEMES } from './pockets.ts';

const SHARED_MEMORY = '/dev/shm';

/** More than any card of a case has behind it. */
const KNOWN_OPERATIONS = 20;

/** An operation of the past of which every ledger has heard. */
export const knownOperation = (index: number): OperationId => OperationId.parse(`0190b000-0000-7000-8000-${String(index + 1).padStart(12, '0')}`);

export class CaseLedger {
  readonly device: DeviceId;
  readonly #directory: string;
  #ledger: Ledger;
  #cursor = 0;

  constructor(device: DeviceId) {
    this.device = device;
    this.#directory = mkdtempSync(path.join(existsSync(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir(), 'kazasu-tearing-'));
    this.#ledger = this.#open();
    this.tell(SCHEMES.map((scheme) => ({ type: 'scheme', scheme })));
    this.tell(Array.from({ length: KNOWN_OPERATIONS }, (_, index) => ({ type: 'movement', movement: knownMovement(index) })));
  }

  get ledger(): Ledger {
    return this.#ledger;
  }

  /** What the town says, in one page. */
  tell(changes: readonly Change[]): void {
    this.#cursor += 1;
    this.#ledger.applyChanges(changes, this.#cursor, NOW);
  }

  /** Closes the file and opens it, as a start of the program does. */
  reopen(): void {
    this.#ledger.close();
    this.#ledger = this.#open();
  }

  remove(): void {
    this.#ledger.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #open(): Ledger {
    const opened = openLedger({ path: path.join(this.#directory, 'ledger.db'), device: this.device });
    if (!opened.ok) throw new Error(`${opened.trouble}: ${opened.detail}`);
    return opened.ledger;
  }
}

/** The ids are the same in every case: the account is nobody's in particular. */
function knownMovement(index: number): Movement {
  const [operationId, accountId] = [knownOperation(index), AccountId.parse('a-of-the-past')];
  const { id: schemeId, firstDay: issuedOn, lastDay } = HELD;
  const id = LotId.parse(`lot-${operationId}`);
  return {
    operationId,
    kind: 'load',
    accountId,
    schemeId,
    entitlementId: null,
    occurredAt: NOW,
    lots: [{ id, accountId, schemeId, kind: 'paid', issuedOn, lastDay }],
    postings: [{ debit: issuedAccount(schemeId), credit: pocketAccount(accountId, id), amount: 1 }],
  };
}
