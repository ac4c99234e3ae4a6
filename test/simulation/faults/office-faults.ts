/** What the office does at a bad moment. */
import { revokeDevice } from '../../../backend/devices/known-devices.ts';
import { withdrawGrant } from '../../../backend/office/grant.ts';
import { putScheme } from '../../../backend/office/put-scheme.ts';
import { announce, asOnlyWriter } from '../../../backend/ledger/change-feed.ts';
import type { Chance } from '../../../backend/seed/constant-chance.ts';
import { cardRefOf } from '../../../contract/card-ref.ts';
import { EntitlementId } from '../../../contract/ids.ts';
import type { Scheme } from '../../../contract/value.ts';
import { accountOf, identifierOf, profileOf, RESIDENTS } from '../residents.ts';
import { GRANT, GRANT_EXCHANGE, OPENING } from '../schemes.ts';
import { TOWN } from '../small-town.ts';
import { deed, type Deed } from './deed.ts';

const USABLE_AT = ['町内の加盟店', '町内の加盟店と温泉', '商店街'] as const;

/** The same schemes under rules that a kiosk may not have heard of yet. */
const OTHER_RULES: ReadonlyArray<(chance: Chance) => Scheme> = [
  (chance) => ({ ...OPENING, usableAt: chance.pick(USABLE_AT) }),
  (chance) => ({ ...GRANT, rules: { ...GRANT.rules, exchange: [{ ...GRANT_EXCHANGE, give: 2 + chance.below(4) }] } }),
  (chance) => ({ ...GRANT, rules: { ...GRANT.rules, validDays: 10 + chance.below(4) } }),
  (chance) => ({ ...GRANT, rules: { ...GRANT.rules, void: { secondStaffAbove: 5 * chance.below(5) } } }),
];

export const OFFICE_FAULTS: readonly Deed[] = [
  deed('grant-twice', 12, async (world, _, chance) => {
    const resident = chance.pick(RESIDENTS);
    await world.grant(resident);
    await world.grant(resident);
    return world.backend.up;
  }),
  deed('scheme-changed', 8, async (world, _, chance) => {
    const scheme = chance.pick(OTHER_RULES)(chance);
    world.trace.note('office', 'changes a scheme', scheme.id);
    const done = await world.rest.during(world.backend.during((database) => putScheme(database, TOWN, scheme, true)));
    return done?.kind === 'changed';
  }),
  deed('grant-withdrawn', 6, async (world, _, chance) => {
    const done = await world.rest.during(
      world.backend.during(async (database) => {
        const open = await database.kysely.selectFrom('entitlement').select('entitlement_id').where('state', '=', 'open').orderBy('entitlement_id').execute();
        if (open.length === 0) return false;
        const { entitlement_id } = chance.pick(open);
        world.trace.note('office', 'withdraws a grant', entitlement_id);
        await withdrawGrant(database, TOWN, EntitlementId.parse(entitlement_id));
        return true;
      }),
    );
    return done === true;
  }),
  deed('kiosk-revoked', 6, async (world, device) => {
    if (world.devices.some(({ lost }) => lost)) return false;
    world.trace.note('office', 'revokes a kiosk', device.name);
    const done = await world.rest.during(world.backend.during((database) => revokeDevice(database, device.identity.deviceId)));
    if (done) device.lost = true;
    return done === true;
  }),
  deed('card-stopped', 4, async (world, _, chance) => {
    const resident = chance.pick(RESIDENTS);
    const cardRef = cardRefOf(world.town.cardKey, Buffer.from(identifierOf(resident), 'hex'));
    world.trace.note('office', 'stops a card', String(resident));
    const done = await world.rest.during(
      world.backend.during((database) =>
        asOnlyWriter(database, TOWN, async (work) => {
          await work.transaction.updateTable('card').set({ state: 'stopped' }).where('card_ref', '=', cardRef).execute();
          await announce(work, [{ change: { type: 'card', cardRef, accountId: accountOf(resident), profile: profileOf(resident), state: 'stopped' } }]);
          return 'stopped' as const;
        }),
      ),
    );
    if (done !== undefined) world.stopped.add(resident);
    return done !== undefined;
  }),
];
