/** Each operation has one fate, each allowance is used once, and nothing is left hanging. */
import type { FaultKind } from '../fault-kinds.ts';
import type { Invariant } from './invariant.ts';

/** Every movement a kiosk made is posted under its own id, or lies before staff; never neither. */
export const ONE_FATE: Invariant = {
  name: 'each operation has one fate',
  look({ kiosks, posted, anomalies }, find) {
    for (const { name, device, moved } of kiosks) {
      const operations = new Set(moved.map(({ movement }) => movement.operationId));
      if (operations.size !== moved.length) find(`kiosk ${name} journalled one twice`);
      for (const { seq, movement } of moved) {
        const isPosted = posted.has(movement.operationId);
        const refused = anomalies.some((anomaly) => anomaly.device === device.identity.deviceId && anomaly.seq === seq && !POSTED_ALL_THE_SAME.has(anomaly.what));
        if (isPosted === refused) find(`one of kiosk ${name} (${movement.kind}) is ${isPosted ? 'posted and refused' : 'neither posted nor kept for staff'}`);
      }
    }
  },
};

/** Staff must see them, but the movement stands. */
const POSTED_ALL_THE_SAME = new Set(['card-evidence-unchecked', 'counter-taken', 'counter-gap', 'card-rolled-back', 'card-suspect']);

/** After every card has been seen, nothing is open any more: on no kiosk, and at the backend. */
export const NOTHING_OPEN: Invariant = {
  name: 'the system becomes quiet',
  look({ world, kiosks, lost, rows }, find) {
    if (world.forged.size > 0 || world.stopped.size > 0 || lost.length > 0) return;
    for (const { name, openIntents } of kiosks) if (openIntents > 0) find(`${openIntents} intents of kiosk ${name} are still open`);
    for (const { operation, profile } of rows<{ operation: string; profile: string }>("select operation_id as operation, profile from unknown_movement where state = 'open'")) {
      find(`the backend does not know what became of ${operation} on a ${profile} card`);
    }
  },
};

/** A grant is taken once in the world, and once more after each time it was taken back; every other taking of it lies before staff. */
export const GRANTS_ONCE: Invariant = {
  name: 'no allowance is used twice',
  look({ kiosks, anomalies, posted }, find) {
    const refused = new Set(anomalies.map(({ operation }) => operation));
    const made = kiosks.flatMap(({ moved }) => moved.map(({ movement }) => movement)).filter(({ operationId }) => !refused.has(operationId));
    const booked = [...posted.values()];
    const count = (all: ReadonlyArray<{ readonly kind: string; readonly entitlement: string | null }>, where: string) => {
      const takings = new Map<string, number>();
      for (const { kind, entitlement } of all) {
        if (entitlement === null || (kind !== 'load' && kind !== 'void')) continue;
        takings.set(entitlement, (takings.get(entitlement) ?? 0) + (kind === 'load' ? 1 : -1));
      }
      for (const [, times] of takings) if (times > 1) find(`a grant was taken ${times} times, ${where}`);
    };
    count(made.map(({ kind, entitlementId }) => ({ kind, entitlement: entitlementId })), 'as the kiosks wrote');
    count(booked, 'as the backend posted');
  },
};

/** Which anomaly may be there, and what must have happened for it. */
const EXCUSES: Readonly<Record<string, readonly FaultKind[]>> = {
  'already-taken': ['backend-restored', 'kiosk-old-ledger', 'kiosk-clock-days', 'kiosk-clock-decade', 'backend-clock-decade'],
  'not-leased': ['backend-restored', 'kiosk-old-ledger', 'kiosk-clock-days', 'kiosk-clock-decade', 'backend-clock-decade'],
  'from-the-future': ['kiosk-clock-days', 'kiosk-clock-decade', 'backend-clock-decade'],
  'against-the-rules': ['kiosk-clock-decade', 'kiosk-clock-days', 'transfer-not-lost'],
  // The office's grant, or a device's, that the backup did not have.
  'no-entitlement': ['backend-restored'],
  withdrawn: ['grant-withdrawn'],
  fork: ['kiosk-old-ledger'],
  'chain-broken': ['kiosk-old-ledger'],
  // A sale from the future is not in the books either when its sets are loaded.
  'unknown-operation': ['backend-restored', 'kiosk-clock-days', 'kiosk-clock-decade', 'backend-clock-decade'],
  // What a revoked kiosk put on a card and reported too late is on the card, and not in the books.
  overdrawn: ['backend-restored', 'kiosk-revoked'],
  // Which cards it has sealed the identifiers of, the backup may not know.
  'card-evidence-unchecked': ['backend-restored'],
  'card-suspect': ['card-cloned', 'card-rolled-back'],
  'card-rolled-back': ['card-cloned', 'card-rolled-back'],
};

export const ANOMALIES_EXPLAINED: Invariant = {
  name: 'nothing lies before staff without a reason',
  look({ world, anomalies }, find) {
    for (const { what } of anomalies) {
      const excuses = EXCUSES[what];
      const forged = (what.startsWith('card-') || what.startsWith('counter-')) && world.forged.size > 0;
      if (!forged && !(excuses && world.strikes.has(...excuses))) find(`the backend found "${what}" although nothing had happened that explains it`);
    }
  },
};

/** What a kiosk says after it was revoked is kept for staff and moves nothing. */
export const REVOKED_IS_QUARANTINED: Invariant = {
  name: 'a revoked kiosk moves nothing',
  look({ world, lost, rows, posted }, find) {
    if (!world.strikes.has('kiosk-revoked') || world.strikes.has('kiosk-old-ledger', 'backend-restored')) return;
    for (const { name, device, moved } of lost) {
      const [taken] = rows<{ head: number }>('select coalesce(max(seq), 0) as head from journal_entry where device_id = ?', device.identity.deviceId);
      const late = moved.filter(({ seq, movement }) => seq > (taken?.head ?? 0) && posted.has(movement.operationId));
      if (late.length > 0) find(`${late.length} movements of kiosk ${name} were posted that it reported later`);
    }
  },
};
