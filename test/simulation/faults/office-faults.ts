/** What the office does at a bad moment. */
import { announce, asOnlyWriter } from '../../../backend/ledger/change-feed.ts';
import { cardRefOf } from '../../../contract/card-ref.ts';
import { accountOf, identifierOf, profileOf, RESIDENTS } from '../residents.ts';
import { GRANT, OPENING } from '../schemes.ts';
import { TOWN } from '../small-town.ts';
import { deed, type Deed } from './deed.ts';

const USABLE_AT = ['町内の加盟店', '町内の加盟店と温泉', '商店街'] as const;

export const OFFICE_FAULTS: readonly Deed[] = [
  deed('grant-twice', 12, async (world, _, chance) => {
    const resident = chance.pick(RESIDENTS);
    await world.grant(resident);
    await world.grant(resident);
    return world.backend.up;
  }),
  deed('scheme-changed', 8, async (world, _, chance) => {
    const scheme = { ...chance.pick([OPENING, GRANT]), usableAt: chance.pick(USABLE_AT) };
    world.trace.note('office', 'changes a scheme', scheme.id);
    const done = await world.rest.during(
      world.backend.during((database) =>
        asOnlyWriter(database, TOWN, async (work) => {
          await work.transaction.updateTable('scheme').set({ usable_at: scheme.usableAt }).where('scheme_id', '=', scheme.id).execute();
          await announce(work, [{ change: { type: 'scheme', scheme } }]);
          return 'changed' as const;
        }),
      ),
    );
    return done !== undefined;
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
