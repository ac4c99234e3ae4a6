/** Puts as many residents into a town as a bench needs, each with a DESFire card and grants, quickly and without asking the rules. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { readCardMasterKeys } from '../../backend/cards/master-keys.ts';
import { sealIdentifier } from '../../backend/cards/sealed-identifier.ts';
import { inTransaction, type BackendDatabase } from '../../backend/database/backend-database.ts';
import { insertAll } from '../../backend/database/insert-all.ts';
import { announce, asOnlyWriter } from '../../backend/ledger/change-feed.ts';
import { systemRandomness } from '../../backend/ports.ts';
import { demoSchemes, TOMAMAE } from '../../backend/seed/demo-town.ts';
import { cardRefOf } from '../../contract/card-ref.ts';
import { AccountId, EntitlementId, type CardRef, type DeviceId } from '../../contract/ids.ts';
import { addDays, dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import type { Entitlement, Scheme } from '../../contract/value.ts';

const SITE = 'yakuba';
const DAY_MS = 86_400_000;
/** What one transaction writes. */
const RESIDENTS_AT_ONCE = 2_000;

export interface LargeTownResident {
  readonly accountId: AccountId;
  readonly cardRef: CardRef;
  /** The card's own, in hexadecimal. */
  readonly identifier: string;
  readonly entitlements: readonly Entitlement[];
}

/** Makes master keys for the town that is kept in `dataDir`. @returns version 1 of them, 16 bytes in hexadecimal */
export function makeCardMasterKey(dataDir: string): string {
  const master = randomBytes(16).toString('hex');
  writeFileSync(path.join(dataDir, 'card-keys.json'), JSON.stringify({ version: 1, municipality: TOMAMAE.id, keys: [{ version: 1, master }] }), { mode: 0o600 });
  return master;
}

/**
 * @param dataDir where the town's master keys lie
 * @param devices who holds the grants: resident n's are leased to device n mod the number of devices
 * @param grants for each resident
 */
export async function fillTown(
  database: BackendDatabase,
  options: { readonly dataDir: string; readonly residents: number; readonly grants: number; readonly devices: readonly DeviceId[]; readonly nowMs: number; readonly profile?: 'desfire' | 'plain-identifier' },
): Promise<{ readonly scheme: Scheme; readonly residents: readonly LargeTownResident[] }> {
  const { dataDir, devices, grants, nowMs, profile = 'desfire' } = options;
  const today = dateInTokyo(momentFromEpoch(nowMs));
  const { points: scheme } = demoSchemes(today);
  const keys = readCardMasterKeys({ dataDir });
  const { card_key: cardKey } = await database.kysely.selectFrom('municipality').select('card_key').where('municipality_id', '=', TOMAMAE.id).executeTakeFirstOrThrow();
  const until = momentFromEpoch(nowMs + 60 * DAY_MS);
  const residents: LargeTownResident[] = [];
  for (let number = 0; number < options.residents; number += 1) {
    const accountId = AccountId.parse(`a-large-${number}`);
    const identifier = Buffer.concat([Buffer.from([0x04]), randomBytes(6)]);
    const entitlements = Array.from({ length: grants }, (_, grant): Entitlement => ({
      id: EntitlementId.parse(`e-large-${number}-${grant}`),
      accountId,
      schemeId: scheme.id,
      amount: 10 + ((number * 7 + grant * 13) % 490),
      lotKind: 'free',
      firstDay: addDays(today, -30),
      lastDay: addDays(today, 60),
    }));
    residents.push({ accountId, cardRef: cardRefOf(cardKey, identifier), identifier: identifier.toString('hex'), entitlements });
  }
  const town = { municipality_id: TOMAMAE.id };
  for (let start = 0; start < residents.length; start += RESIDENTS_AT_ONCE) {
    const some = residents.slice(start, start + RESIDENTS_AT_ONCE);
    const holderOf = (index: number) => devices[(start + index) % devices.length];
    await inTransaction(database, async (work) => {
      await insertAll(work, 'account', some.map(({ accountId }) => ({ ...town, account_id: accountId, resident_id: null, home_site_id: SITE, state: 'open' })));
      await insertAll(work, 'card', some.map(({ accountId, cardRef, identifier }) => ({
        ...town, card_ref: cardRef, account_id: accountId, state: 'active' as const, profile, key_version: profile === 'desfire' ? 1 : null,
        sealed_identifier: (profile === 'desfire' && keys && sealIdentifier(keys, 1, { municipalityId: TOMAMAE.id, cardRef }, Buffer.from(identifier, 'hex'), systemRandomness)) || null,
      })));
      await insertAll(work, 'entitlement', some.flatMap(({ entitlements }) => entitlements.map((each) => ({
        ...town, entitlement_id: each.id, account_id: each.accountId, scheme_id: each.schemeId, amount: each.amount, lot_kind: each.lotKind,
        first_day: each.firstDay, last_day: each.lastDay, state: 'open' as const, operation_id: null,
      }))));
      await insertAll(work, 'lease', some.flatMap(({ entitlements }, index) => entitlements.flatMap(({ id }) => {
        const device = holderOf(index);
        return device === undefined ? [] : { ...town, entitlement_id: id, device_id: device, until_ms: nowMs + 60 * DAY_MS, state: 'held' as const, how_ended: null, recalled: 0 as const };
      })));
    });
    await asOnlyWriter(database, TOMAMAE.id, (work) => announce(work, some.flatMap(({ accountId, cardRef }) => [
      { change: { type: 'account' as const, accountId, open: true } },
      { change: { type: 'card' as const, cardRef, accountId, profile, state: 'active' as const } },
    ])));
    await asOnlyWriter(database, TOMAMAE.id, (work) => announce(work, some.flatMap(({ entitlements }, index) => entitlements.flatMap((entitlement) => {
      const device = holderOf(index);
      return device === undefined ? [] : { change: { type: 'lease' as const, entitlement, until }, deviceId: device, subject: `lease/${entitlement.id}` };
    }))));
  }
  return { scheme, residents };
}
