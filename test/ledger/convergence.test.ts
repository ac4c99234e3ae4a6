import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLedger } from '../../agent/ledger/sqlite-ledger.ts';
import { asOnlyWriter } from '../../backend/ledger/change-feed.ts';
import { checkIntegrity } from '../../backend/ledger/integrity.ts';
import { putSchemes } from '../../backend/ledger/scheme-versions.ts';
import { lotsHeld } from '../../backend/ledger/stored-value.ts';
import { TOMAMAE } from '../../backend/seed/demo-town.ts';
import { DeviceBooks } from '../../backend/test-support/device-books.ts';
import { ENGINES } from '../../backend/test-support/engines.ts';
import { TEST_CARD_KEYS, TestCard } from '../../backend/test-support/test-card.ts';
import { valueOf, type TestDevice } from '../../backend/test-support/test-device.ts';
import { DAY_MS, testTown, type TestTown } from '../../backend/test-support/test-town.ts';
import { AcceptorId, AccountId, ActivityId, EntitlementId, SchemeId, type DeviceId } from '../../contract/ids.ts';
import { LocalDate, momentFromEpoch } from '../../contract/time.ts';
import type { Entitlement, Scheme } from '../../contract/value.ts';
import { CardStory, type Ending, type StoryTown } from './card-story.ts';

const DEVICES = 3;
const GRANTS = 8;
const RUNS = 30;
const municipality_id = TOMAMAE.id;
const acceptor = AcceptorId.parse('stall');
const activity = ActivityId.parse('garden');

const scheme = (id: string, rules: NonNullable<Scheme['rules']>): Scheme => ({
  id: SchemeId.parse(id), kind: 'points', unit: 'point', name: id, issuer: '町', usableAt: '町内', contact: '役場', legalBasis: '要綱',
  firstDay: LocalDate.parse('2026-01-01'), lastDay: LocalDate.parse('2099-12-31'), rules,
});
const OTHER = scheme('story-other', { validDays: 9 });
const MAIN = scheme('story-main', {
  validDays: 3,
  spend: { acceptors: [{ id: acceptor, name: '出店' }] },
  give: { activities: [{ id: activity, name: '花壇' }], step: 1 },
  exchange: [{ to: OTHER.id, give: 10, get: 7, firstDay: LocalDate.parse('2026-01-01'), lastDay: LocalDate.parse('2099-12-31') }],
  void: { secondStaffAbove: 1_000_000 },
});
const TOWN: StoryTown = { scheme: MAIN, other: OTHER, acceptor, activity };

const at = fc.nat({ max: DEVICES - 1 });
const portion = fc.integer({ min: 1, max: 100 });
const ending: fc.Arbitrary<Ending> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({ kind: 'told' as const }) },
  { weight: 1, arbitrary: fc.constantFrom('happened' as const, 'did-not-happen' as const).map((fate) => ({ kind: 'torn' as const, fate })) },
);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('load' as const), at, ending }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('spend' as const, 'give' as const, 'exchange' as const), at, portion, ending }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('void' as const, 'expire' as const), at, ending }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('push' as const, 'pull' as const), at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 3 }) }) },
);

describe.each(ENGINES)('several kiosks that hear of each other late, and a backend on $name', (engine) => {
  let town: TestTown;
  const devices: TestDevice[] = [];
  const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-convergence-'));
  let run = 0;
  /** Anomalies of earlier stories: a smaller story must not fail for them. */
  let noticed = 0;
  beforeAll(async () => {
    town = await testTown(engine, 10, { cardKeys: TEST_CARD_KEYS });
    await asOnlyWriter(town.database, municipality_id, (work) => putSchemes(work, [MAIN, OTHER]));
    for (let count = 0; count < DEVICES; count += 1) devices.push(await town.device('rikibiru'));
  });
  afterAll(async () => {
    await town.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Somebody new, with a card and grants that each kiosk holds some of. */
  const newStory = async (): Promise<{ story: CardStory; grants: Map<DeviceId, Entitlement[]> }> => {
    run += 1;
    const account = AccountId.parse(`a-story-${run}`);
    await town.database.kysely.insertInto('account').values({ municipality_id, account_id: account, resident_id: null, home_site_id: 'yakuba', state: 'open' }).execute();
    const card = await TestCard.issue(town, account);
    for (const device of devices) {
      await device.pullAll();
      valueOf(await device.cardKeys({ profile: 'desfire', identifier: card.identifier.toString('hex') }));
    }
    const grants = new Map<DeviceId, Entitlement[]>(devices.map(({ deviceId }) => [deviceId, []]));
    for (let number = 0; number < GRANTS; number += 1) {
      const device = devices[number % DEVICES];
      if (!device) throw new Error('There are too few devices');
      const entitlement: Entitlement = {
        id: EntitlementId.parse(`e-story-${run}-${number}`), accountId: account, schemeId: number % 4 === 3 ? OTHER.id : MAIN.id, amount: 100 + number, lotKind: 'free',
        firstDay: MAIN.firstDay, lastDay: MAIN.lastDay,
      };
      await town.database.kysely
        .insertInto('entitlement')
        .values({ municipality_id, entitlement_id: entitlement.id, account_id: account, scheme_id: entitlement.schemeId, amount: entitlement.amount, lot_kind: 'free', first_day: entitlement.firstDay, last_day: entitlement.lastDay, state: 'open', operation_id: null })
        .execute();
      await town.database.kysely
        .insertInto('lease')
        .values({ municipality_id, entitlement_id: entitlement.id, device_id: device.deviceId, until_ms: town.clock.nowMs + 400 * DAY_MS, state: 'held' })
        .execute();
      grants.get(device.deviceId)?.push(entitlement);
    }
    return { story: new CardStory(account, card, TOWN, town.clock.now), grants };
  };

  const push = async (device: TestDevice, acknowledged: Map<DeviceId, number>) => {
    const entries = device.entries.slice(acknowledged.get(device.deviceId) ?? 0);
    if (entries.length > 0) acknowledged.set(device.deviceId, valueOf(await device.push(entries)).acknowledgedSeq);
  };
  const acknowledged = new Map<DeviceId, number>();

  it('agree in the end, to the lot: everything that happened is posted once, and nothing else', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 30 }), fc.shuffledSubarray([0, 1, 2], { minLength: DEVICES }), async (steps, order) => {
        const { story, grants } = await newStory();
        const deviceAt = (index: number): TestDevice => {
          const device = devices[index];
          if (!device) throw new Error('There is no such device');
          return device;
        };
        for (const one of steps) {
          if (one.do === 'wait') {
            town.clock.nowMs += one.days * DAY_MS;
            continue;
          }
          const device = deviceAt(one.at);
          if (one.do === 'push') await push(device, acknowledged);
          else if (one.do === 'pull') await device.pullAll();
          else if (one.do === 'load') {
            const entitlement = grants.get(device.deviceId)?.pop();
            if (entitlement) story.load(device, entitlement, one.ending);
          } else if (one.do === 'void' || one.do === 'expire') story[one.do](device, one.ending);
          else if (one.do === 'spend' || one.do === 'give' || one.do === 'exchange') story[one.do](device, one.portion, one.ending);
        }
        for (const index of order) await push(deviceAt(index), acknowledged);
        // A calm end: all hear of everything, and the card is read once more by each.
        for (const device of devices) {
          await device.pullAll();
          story.see(device);
          await push(device, acknowledged);
        }
        for (const device of devices) await device.pullAll();
        await judge(story);
      }),
      { numRuns: RUNS },
    );
    expect((await checkIntegrity(town.database)).faults).toEqual([]);
  });

  const judge = async (story: CardStory) => {
    const { kysely } = town.database;
    const open = await kysely.selectFrom('anomaly').select(['number', 'what', 'detail']).where('state', '=', 'open').where('number', '>', noticed).execute();
    noticed = Math.max(noticed, ...open.map(({ number }) => number));
    expect(open).toEqual([]);
    const posted = await kysely.selectFrom('movement').select(['operation_id', 'kind']).where('account_id', '=', story.account).execute();
    const told = posted.filter(({ kind }) => kind !== 'reallocate').map(({ operation_id }) => operation_id);
    expect(told.sort()).toEqual([...story.fates].filter(([, fate]) => fate === 'happened').map(([operation]) => operation).sort());
    const lots = await kysely.transaction().execute((transaction) => lotsHeld({ transaction }, municipality_id, [story.account]));
    for (const { amount } of lots) expect(amount).toBeGreaterThanOrEqual(0);
    for (const one of [MAIN, OTHER]) {
      expect(lots.reduce((sum, { lot, amount }) => sum + (lot.schemeId === one.id ? amount : 0), 0)).toBe(story.onCard(one.id));
    }
    const image = Object.fromEntries(lots.filter(({ amount }) => amount !== 0).map(({ lot, amount }) => [lot.id, amount]));
    for (const device of devices) expect(new DeviceBooks(device).image(story.account)).toEqual(image);
    const [device] = devices;
    if (!device) throw new Error('There is no device');
    const opened = openLedger({ path: path.join(directory, `${run}.db`), device: device.deviceId });
    if (!opened.ok) throw new Error(opened.detail);
    opened.ledger.applyChanges(device.changes, device.cursor, momentFromEpoch(town.clock.nowMs));
    expect(Object.fromEntries(opened.ledger.lotsOf(story.account).filter(({ amount }) => amount !== 0).map(({ lot, amount }) => [lot.id, amount]))).toEqual(image);
    opened.ledger.close();
  };
});
