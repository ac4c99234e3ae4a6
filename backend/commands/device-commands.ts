/** What staff see and decide of kiosks: what they hold, and what becomes of a kiosk that was stolen. */
import { DeviceId } from '../../contract/ids.ts';
import type { JournalFact } from '../../contract/journal.ts';
import { readCardMasterKeys } from '../cards/master-keys.ts';
import { rekeyDue } from '../cards/keys-given.ts';
import { withDatabase } from '../database/open-database.ts';
import { listLeases, type LeaseLine } from '../devices/device-leases.ts';
import { revokeDevice } from '../devices/known-devices.ts';
import { acceptQuarantine, listQuarantine } from '../devices/quarantine.ts';
import { writeOffLeases } from '../devices/write-off.ts';
import type { StaffDecision } from '../ledger/staff-decision.ts';
import { systemClock } from '../ports.ts';
import { BackendUnusable } from '../unusable.ts';
import { print, remark, type Command, type Given } from './command.ts';
import { DECIDED, decisionOf } from './staff-commands.ts';

const OF_DEVICE = { device: { type: 'string' } } as const;

const noSuchDevice = (device: string) => new BackendUnusable('configuration', `There is no kiosk "${device}". List them with: npm run backend -- devices`);

/** @throws BackendUnusable when it cannot be a kiosk's name */
function namedDevice(given: Given): DeviceId {
  const device = given.required('device');
  const id = DeviceId.safeParse(device).data;
  if (!id) throw noSuchDevice(device);
  return id;
}

/** The kiosk that is named, if one is. */
const perhapsDevice = (given: Given): DeviceId | undefined => (given.optional('device') === undefined ? undefined : namedDevice(given));

const lineOf = ({ deviceId, kind, id, schemeId, amount, until }: LeaseLine) => [deviceId, kind, id, schemeId ?? '-', amount ?? '-', until].join('\t');

export const revokeCommand: Command = {
  name: 'revoke',
  usage: '  revoke --device ID                       refuse a kiosk from now on; says what it has not given back and which cards need new keys',
  options: OF_DEVICE,
  async run(given) {
    given.noWords();
    const deviceId = namedDevice(given);
    const { done, leases, cards } = await withDatabase(given.place, async (database) => ({
      done: await revokeDevice(database, deviceId),
      leases: await listLeases(database.kysely, deviceId),
      cards: await rekeyDue(database, deviceId),
    }));
    if (!done) throw noSuchDevice(deviceId);
    print(`${deviceId} is refused from now on. What it still sends is kept apart: npm run backend -- quarantine --device ${deviceId}`);
    for (const lease of leases) print(lineOf(lease));
    for (const { cardRef, keyVersion } of cards) print(['rekey-due', cardRef, `version ${keyVersion}`].join('\t'));
    remark(`It has not given back ${leases.length} leases; they stay set aside until they are written off: npm run backend -- write-off --device ${deviceId} --staff ID --reason TEXT`);
    if (cards.length > 0) remark(`It has been given the keys of ${cards.length} cards: give them new ones with npm run cards -- rekey when their holders come.`);
    return 0;
  },
};

export const leasesCommand: Command = {
  name: 'leases',
  usage: '  leases [--device ID]                     list what kiosks hold: entitlements, rights to buy, sets, holds of accounts, and until when they may use it',
  options: OF_DEVICE,
  async run(given) {
    given.noWords();
    const leases = await withDatabase(given.place, ({ kysely }) => listLeases(kysely, perhapsDevice(given)));
    for (const lease of leases) print(lineOf(lease));
    remark(leases.length === 0 ? 'Nothing is leased.' : `${leases.length} leases. A lease whose time is over stays with its kiosk until the kiosk says that it has given it back.`);
    return 0;
  },
};

export const writeOffCommand: Command = {
  name: 'write-off',
  usage: `  write-off --device ID --staff ID --reason TEXT
                                           free what a revoked kiosk has not given back, for other kiosks; who and why is kept`,
  options: { ...OF_DEVICE, ...DECIDED },
  async run(given) {
    given.noWords();
    const deviceId = namedDevice(given);
    const decision = decisionOf(given);
    const done = await withDatabase(given.place, (database) => writeOffLeases(database, { deviceId, decision, nowMs: systemClock.now() }));
    switch (done.kind) {
      case 'unknown-device':
        throw noSuchDevice(deviceId);
      case 'not-revoked':
        throw new BackendUnusable('configuration', `${deviceId} is not revoked: it may still use what it holds, and gives it back by itself when it is heard. Nothing was changed. Revoke it first if it is lost: npm run backend -- revoke --device ${deviceId}`);
      case 'written-off':
        for (const lease of done.freed) print(lineOf(lease));
        print(done.freed.length === 0 ? `${deviceId} holds nothing.` : `${done.freed.length} leases of ${deviceId} are free again.`);
        return 0;
    }
  },
};

export const quarantineCommand: Command = {
  name: 'quarantine',
  usage: `  quarantine [--device ID]                 list what revoked kiosks have sent since; it is in nobody's books
  quarantine --device ID --accept --staff ID --reason TEXT
                                           post what one of them has sent, after all; what others were given meanwhile becomes an anomaly`,
  options: { ...OF_DEVICE, ...DECIDED, accept: { type: 'boolean' }, 'card-keys': { type: 'string' } },
  async run(given) {
    given.noWords();
    if (given.flag('accept')) return accept(given, namedDevice(given), decisionOf(given));
    const lines = await withDatabase(given.place, (database) => listQuarantine(database, perhapsDevice(given)));
    for (const { deviceId, seq, at, fact, accepted } of lines) print([deviceId, `entry ${seq}`, at, claimOf(fact), accepted === null ? 'waits' : `accepted by ${accepted.staff ?? '-'}: ${accepted.reason}`].join('\t'));
    remark(lines.length === 0 ? 'Nothing is in quarantine.' : `${lines.filter(({ accepted }) => accepted === null).length} of ${lines.length} entries wait.`);
    return 0;
  },
};

async function accept(given: Given, deviceId: DeviceId, decision: StaffDecision): Promise<number> {
  const cardKeys = readCardMasterKeys({ dataDir: given.place.dataDir, file: given.optional('card-keys') });
  const done = await withDatabase(given.place, (database) => acceptQuarantine(database, { deviceId, decision, nowMs: systemClock.now(), cardKeys }));
  switch (done.kind) {
    case 'nothing-there':
      print(`Nothing of ${deviceId} waits in quarantine.`);
      return 0;
    case 'refused':
      throw new BackendUnusable('configuration', `What ${deviceId} has sent cannot be posted: ${done.detail} Nothing was changed.`);
    case 'accepted':
      print(`${done.entries} entries of ${deviceId} were posted, with ${done.anomalies.length} anomalies.`);
      if (done.anomalies.length > 0) remark('See them with: npm run backend -- anomalies');
      return 0;
  }
}

/** What an entry claims, in a few words. */
function claimOf(fact: JournalFact): string {
  if (!('movement' in fact)) return fact.type;
  const { kind, accountId, schemeId, postings, operationId } = fact.movement;
  return `${fact.type} ${kind} ${postings.reduce((sum, { amount }) => sum + amount, 0)} ${schemeId} ${accountId} ${operationId}`;
}
