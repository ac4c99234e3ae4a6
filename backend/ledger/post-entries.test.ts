import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cardRefOf } from '../../contract/card-ref.ts';
import { EntitlementId, type AccountId } from '../../contract/ids.ts';
import type { JournalFact } from '../../contract/journal.ts';
import type { Entitlement } from '../../contract/value.ts';
import { ENGINES } from '../test-support/engines.ts';
import { refusalOf, sendByInject, valueOf, type TestDevice } from '../test-support/test-device.ts';
import { DAY_MS, testTown, type TestTown } from '../test-support/test-town.ts';
import { readBooks } from './books.ts';
import { lotsHeld } from './stored-value.ts';
import { TOMAMAE } from '../seed/demo-town.ts';

describe.each(ENGINES)('pushing a journal on $name', (engine) => {
  let town: TestTown;
  let callNumber = 0;
  const call = (): JournalFact => ({ type: 'staff-called', callNumber: (callNumber += 1), screen: 'balance' });
  beforeAll(async () => {
    town = await testTown(engine, 300);
  });
  afterAll(() => town.close());

  const storedSeqs = async (device: TestDevice) =>
    (await town.database.kysely.selectFrom('journal_entry').select('seq').where('device_id', '=', device.deviceId).orderBy('seq').execute()).map(({ seq }) => seq);
  const anomaliesOf = (device: TestDevice) =>
    town.database.kysely.selectFrom('anomaly').select(['what', 'seq', 'evidence']).where('device_id', '=', device.deviceId).orderBy('seq').execute();
  const held = async (account: AccountId) =>
    (await town.database.kysely.transaction().execute((transaction) => lotsHeld({ transaction }, TOMAMAE.id, [account]))).reduce((sum, { amount }) => sum + amount, 0);
  /** The device says in its journal that it has given everything back. */
  const giveBack = async (device: TestDevice) => {
    await device.pullAll();
    const leases = [...device.leases().keys()].map((id) => ({ kind: 'entitlement' as const, id: EntitlementId.parse(id) }));
    for (let start = 0; start < leases.length; start += 100) device.append({ type: 'leases-returned', leases: leases.slice(start, start + 100) });
    valueOf(await device.push());
  };
  /** An entitlement the device holds and that no other test takes. */
  const spare = (device: TestDevice): Entitlement => {
    const [entitlement] = device.offers();
    if (!entitlement) throw new Error('The device holds nothing');
    return entitlement;
  };

  it('acknowledges the last entry, and posts a load into the ledger', async () => {
    const device = await town.device();
    await device.pullAll();
    const entitlement = spare(device);
    const before = await held(entitlement.accountId);
    device.append(call());
    const movement = device.load(entitlement);
    device.appendMoved(movement);
    expect(valueOf(await device.push())).toEqual({ acknowledgedSeq: 2, acknowledgedHash: device.entries[1]?.hash });
    expect(await held(entitlement.accountId)).toBe(before + 5_000);
    expect(await anomaliesOf(device)).toEqual([]);
    const pulled = await device.pullAll();
    expect(pulled).toContainEqual({ type: 'movement', movement });
    // The movement says so itself.
    expect(pulled).not.toContainEqual({ type: 'lease-ended', entitlementId: entitlement.id });
    expect(device.leases().has(entitlement.id)).toBe(false);
    await giveBack(device);
  });

  it('answers entries it knows already, and takes only the new ones of an overlap', async () => {
    const device = await town.device('rikibiru');
    for (let count = 0; count < 6; count += 1) device.append(call());
    valueOf(await device.push(device.entries.slice(0, 3)));
    expect(valueOf(await device.push(device.entries.slice(0, 3))).acknowledgedSeq).toBe(3);
    expect(valueOf(await device.push(device.entries.slice(1, 5))).acknowledgedSeq).toBe(5);
    expect(valueOf(await device.push(device.entries.slice(0, 2))).acknowledgedSeq).toBe(5);
    expect(valueOf(await device.push()).acknowledgedSeq).toBe(6);
    expect(await storedSeqs(device)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('asks for what is missing when entries skip some', async () => {
    const device = await town.device('rikibiru');
    for (let count = 0; count < 5; count += 1) device.append(call());
    const [one, two, , four] = device.entries;
    expect(refusalOf(await device.push(device.entries.slice(2)))).toMatchObject({ what: 'gap', expectedSeq: 1 });
    valueOf(await device.push(device.entries.slice(0, 2)));
    expect(refusalOf(await device.push(device.entries.slice(3)))).toMatchObject({ what: 'gap', expectedSeq: 3 });
    expect(refusalOf(await device.push([one, two, four] as never))).toMatchObject({ what: 'gap', expectedSeq: 3 });
    expect(refusalOf(await device.push([two, one] as never)).what).toBe('gap');
    expect(valueOf(await device.push()).acknowledgedSeq).toBe(5);
  });

  it('keeps the evidence when a device shows two histories', async () => {
    const device = await town.device('rikibiru');
    device.append(call());
    device.append(call());
    valueOf(await device.push());
    const [first] = device.entries;
    const forked = device.entryAt(2, first?.hash ?? '', call());
    for (let attempt = 0; attempt < 2; attempt += 1) expect(refusalOf(await device.push([first, forked] as never)).what).toBe('conflict');
    expect(await anomaliesOf(device)).toEqual([{ what: 'fork', seq: 2, evidence: JSON.stringify(forked) }]);
    const unrelated = device.entryAt(3, forked.hash, call());
    expect(refusalOf(await device.push([unrelated])).what).toBe('chain-broken');
    expect(await storedSeqs(device)).toEqual([1, 2]);
    device.append(call());
    expect(valueOf(await device.push()).acknowledgedSeq).toBe(3);
  });

  it('refuses a changed body, another device’s entries and an id that is there already', async () => {
    const device = await town.device('rikibiru');
    const other = await town.device('rikibiru');
    const entry = device.append(call());
    expect(refusalOf(await device.push([{ ...entry, body: entry.body.replace('balance', 'loaded') }])).what).toBe('chain-broken');
    other.append(call());
    expect(refusalOf(await device.push(other.entries)).what).toBe('chain-broken');
    valueOf(await device.push());
    const again = other.entryAt(1, '0'.repeat(64), call());
    const body = again.body.replace(/"id":"[^"]+"/, `"id":"${(JSON.parse(entry.body) as { id: string }).id}"`);
    const { journalHash } = await import('../../contract/journal-hash.ts');
    expect(refusalOf(await other.push([{ ...again, body, hash: journalHash('0'.repeat(64), body) }])).what).toBe('conflict');
  });

  it('posts a batch once when it arrives several times at once (on PostgreSQL at two backends)', async () => {
    const device = await town.device();
    await device.pullAll();
    const entitlements = device.offers().slice(0, 5);
    expect(entitlements).toHaveLength(5);
    for (const entitlement of entitlements) device.appendMoved(device.load(entitlement));
    const other = engine.name === 'PostgreSQL' ? await town.another() : town.backend;
    const twin = Object.create(device, { send: { value: sendByInject(other.app) } }) as TestDevice;
    const answers = await Promise.all([device.push(), twin.push(), device.push(), twin.push(device.entries.slice(0, 3))]);
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(answers.slice(0, 3).map((answer) => valueOf(answer).acknowledgedSeq)).toEqual([5, 5, 5]);
    expect(await storedSeqs(device)).toEqual([1, 2, 3, 4, 5]);
    const posted = await town.database.kysely.selectFrom('movement').select('seq').where('device_id', '=', device.deviceId).execute();
    expect(posted).toHaveLength(5);
    await giveBack(device);
  });

  it('posts one and keeps the other for staff when a device gives out what it had given back', async () => {
    const first = await town.device();
    await first.pullAll();
    const entitlement = spare(first);
    const late = first.load(entitlement);
    await giveBack(first);
    const second = await town.device();
    await second.pullAll();
    expect(second.leases().has(entitlement.id)).toBe(true);
    second.appendMoved(second.load(entitlement));
    second.append(call());
    const before = await held(entitlement.accountId);
    expect(valueOf(await second.push()).acknowledgedSeq).toBe(2);
    const { seq } = first.appendMoved(late);
    first.append(call());
    // The journal is taken over as a whole: the device is not blocked by what staff must settle.
    expect(valueOf(await first.push()).acknowledgedSeq).toBe(seq + 1);
    expect(await held(entitlement.accountId)).toBe(before + 5_000);
    expect(await anomaliesOf(second)).toEqual([]);
    expect(await anomaliesOf(first)).toEqual([{ what: 'already-taken', seq, evidence: null }]);
    expect(town.logged.filter(({ event }) => event === 'backend-anomaly').at(-1)).toMatchObject({ device: first.deviceId, what: 'already-taken' });
    await giveBack(second);
  });

  it('posts one of two also when both arrive at the same moment (on PostgreSQL at two backends)', async () => {
    const [first, second] = [await town.device(), await town.device()];
    await first.pullAll();
    await second.pullAll();
    const wanted = first.offers().slice(0, 6);
    expect(wanted).toHaveLength(6);
    for (const entitlement of wanted) first.appendMoved(first.load(entitlement));
    for (const entitlement of wanted) second.appendMoved(second.load(entitlement));
    if (engine.name === 'PostgreSQL') second.send = sendByInject((await town.another()).app);
    for (let index = 0; index < wanted.length; index += 1) {
      const answers = await Promise.all([first.push(first.entries.slice(index, index + 1)), second.push(second.entries.slice(index, index + 1))]);
      expect(answers.map((answer) => valueOf(answer).acknowledgedSeq)).toEqual([index + 1, index + 1]);
    }
    const posted = await town.database.kysely.selectFrom('movement').select('entitlement_id').where('device_id', 'in', [first.deviceId, second.deviceId]).execute();
    expect(posted.map((row) => row.entitlement_id).sort()).toEqual(wanted.map(({ id }) => id).sort());
    expect(await anomaliesOf(first)).toEqual([]);
    for (const { what } of await anomaliesOf(second)) expect(['already-taken', 'not-leased']).toContain(what);
    expect(await anomaliesOf(second)).toHaveLength(wanted.length);
    await giveBack(first);
  });

  it('counts what a device did before it gave a lease back, whenever that arrives, and nothing after', async () => {
    const device = await town.device();
    await device.pullAll();
    const [before, after] = device.offers();
    if (!before || !after) throw new Error('The device holds too little');
    device.appendMoved(device.load(before));
    device.append({ type: 'leases-returned', leases: [before, after].map(({ id }) => ({ kind: 'entitlement' as const, id })) });
    const { seq } = device.appendMoved(device.load(after));
    town.clock.nowMs += 9 * DAY_MS;
    valueOf(await device.push());
    expect(await anomaliesOf(device)).toEqual([{ what: 'not-leased', seq, evidence: null }]);
    await giveBack(device);
  });

  it('counts a load after the lease’s end as long as nobody else was given it', async () => {
    const device = await town.device();
    await device.pullAll();
    town.clock.nowMs += 9 * DAY_MS;
    const entitlement = spare(device);
    device.appendMoved(device.load(entitlement));
    valueOf(await device.push());
    expect(await anomaliesOf(device)).toEqual([]);
    await giveBack(device);
  });

  it('posts what a kiosk did whose clock ran ten minutes ahead', async () => {
    const device = await town.device();
    await device.pullAll();
    const entitlement = spare(device);
    town.clock.nowMs += 600_000;
    const movement = device.load(entitlement);
    town.clock.nowMs -= 600_000;
    device.appendMoved(movement);
    valueOf(await device.push());
    expect(await anomaliesOf(device)).toEqual([]);
    await giveBack(device);
  });

  it('believes no amount, lot, account or date that it does not derive itself', async () => {
    const device = await town.device();
    await device.pullAll();
    const entitlements = device.offers();
    const movement = (index: number) => {
      const entitlement = entitlements[index];
      if (!entitlement) throw new Error('Too few entitlements');
      return device.load(entitlement);
    };
    const changed = (index: number, change: (text: string) => string) => JSON.parse(change(JSON.stringify(movement(index)))) as ReturnType<typeof movement>;
    const stranger = await town.device('rikibiru');
    await stranger.pullAll();
    const [foreign] = stranger.offers();
    if (!foreign) throw new Error('Nobody at 力昼 may receive anything');
    const claims = [
      changed(0, (text) => text.replace('"amount":5000', '"amount":50000')),
      changed(1, (text) => text.replace('"kind":"free"', '"kind":"paid"')),
      changed(2, (text) => text.replace(/"lastDay":"\d{4}/, '"lastDay":"2099')),
      { ...movement(3), postings: [...movement(3).postings, ...movement(3).postings] },
      { ...movement(4), accountId: movement(5).accountId },
      { ...movement(4), entitlementId: null },
      { ...movement(4), entitlementId: EntitlementId.parse('e-never-granted') },
      { ...movement(4), occurredAt: '2099-01-01T00:00:00.000Z' as never },
      { ...movement(4), occurredAt: '2020-01-01T00:00:00.000Z' as never },
      device.load(foreign),
    ];
    for (const claim of claims) device.appendMoved(claim);
    const good = movement(6);
    device.appendMoved(good);
    device.appendMoved(good);
    expect(valueOf(await device.push()).acknowledgedSeq).toBe(claims.length + 2);
    expect((await anomaliesOf(device)).map(({ what }) => what)).toEqual([
      'differs', 'differs', 'differs', 'differs', 'differs', 'no-entitlement', 'no-entitlement', 'from-the-future', 'against-the-rules', 'not-leased', 'operation-repeated',
    ]);
    const posted = await town.database.kysely.selectFrom('movement').select('seq').where('device_id', '=', device.deviceId).execute();
    expect(posted).toEqual([{ seq: claims.length + 1 }]);
  });

  it('does not post what was withdrawn, and tells the device that it no longer holds it', async () => {
    await town.database.kysely.updateTable('lease').set({ state: 'ended' }).execute();
    const device = await town.device();
    await device.pullAll();
    const entitlement = spare(device);
    await town.database.kysely.updateTable('entitlement').set({ state: 'withdrawn' }).where('entitlement_id', '=', entitlement.id).execute();
    device.appendMoved(device.load(entitlement));
    valueOf(await device.push());
    expect((await anomaliesOf(device)).map(({ what }) => what)).toEqual(['withdrawn']);
    expect(await device.pullAll()).toContainEqual({ type: 'lease-ended', entitlementId: entitlement.id });
  });

  it('never changes or deletes a journal entry, a movement, a lot or a posting', async () => {
    const { kysely } = town.database;
    await expect(kysely.updateTable('posting').set({ amount: 1 }).execute()).rejects.toThrow('append-only');
    await expect(kysely.updateTable('movement').set({ posted_ms: 1 }).execute()).rejects.toThrow('append-only');
    await expect(kysely.updateTable('journal_entry').set({ body: '' }).execute()).rejects.toThrow('append-only');
    for (const table of ['posting', 'lot', 'movement', 'journal_entry'] as const) {
      await expect(kysely.deleteFrom(table).execute()).rejects.toThrow('append-only');
    }
  });

  it('leaves books that balance', async () => {
    const books = await readBooks(town.database);
    expect(books.faults).toEqual([]);
    expect(books.openAnomalies).toBeGreaterThan(10);
    expect(books.accounts.reduce((sum, { debit, credit }) => sum + debit - credit, 0)).toBe(0);
  });

  it('knows card holders by the keyed reference of their card', async () => {
    const device = await town.device();
    await device.pullAll();
    const hanako = cardRefOf(device.identity?.cardKey ?? '', Buffer.from('0101061265a1c801', 'hex'));
    expect(device.changes.find((change) => change.type === 'card' && change.cardRef === hanako)).toMatchObject({ state: 'active' });
  });
});
