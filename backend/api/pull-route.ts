/** GET /v1/device/changes: renews the device's leases and gives it the next page of what it needs to know. */
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { API, FIRST_GENERATION, Generation, PULL_CHANGES_MAX, PullResponse } from '../../contract/sync.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import { KEYS_AHEAD_MAX } from '../cards/keys-in-advance.ts';
import { inTransaction } from '../database/backend-database.ts';
import type { Tables } from '../database/tables.ts';
import { rememberHeard, rememberRequest } from '../devices/known-devices.ts';
import { readFeed } from '../ledger/change-feed.ts';
import { generationOf, leasingRests } from '../ledger/generations.ts';
import { journalHeadOf } from '../ledger/journal-head.ts';
import { refreshLeases } from '../ledger/refresh-leases.ts';
import { STOCK_PER_DEVICE_MAX } from '../ledger/stock-leases.ts';
import { packedAnswer } from './packed-answer.ts';
import { DEVICE_SECURITY, REFUSAL_RESPONSES, type Api } from './route.ts';
import { refuse } from './refusal.ts';

const PullQuery = z.strictObject({
  after: z.string().regex(/^\d{1,15}$/).transform(Number).meta({ description: 'The cursor of the last page; 0 at first.' }),
  limit: z.string().regex(/^[1-9]\d{0,5}$/).transform(Number).optional().meta({ description: 'The most changes that the page may have.' }),
  heard: z.string().regex(/^\d{1,15}$/).transform(Number).optional().meta({ description: 'Where the cursor stood when the device began the oldest of what it has not pushed yet; left out when it has pushed everything.' }),
  generation: Generation.optional().meta({ description: 'Of which generation of the feed the cursor is. With another than the present one the answer begins anew.' }),
});

/** Changes of a page after which a device is asked to come again at once, although there may be no more: what it may be leased is looked for then. */
const MUCH_TO_HEAR = 1_000;
const NOTHING = { written: 0, more: false };

export function pullRoute({ app, database, clock, randomness, log, devices, cardKeys, keysAheadMax = KEYS_AHEAD_MAX, stockPerDeviceMax = STOCK_PER_DEVICE_MAX }: Api): void {
  app.get(
    API.pull,
    {
      preValidation: (request, reply) => devices.hook(request, reply),
      schema: {
        summary: 'Pull changes',
        description: 'Gives the device what changed after a cursor, at most a page, and the leases it may work within when it has no network.',
        tags: ['device'],
        security: DEVICE_SECURITY,
        querystring: PullQuery,
        response: { 200: PullResponse, ...REFUSAL_RESPONSES },
      },
    },
    async (request, reply) => {
      const { device, jti, keepUntilMs } = devices.of(request);
      const nowMs = clock.now();
      const { limit = PULL_CHANGES_MAX } = request.query;
      /** The head first: whatever follows from the journal up to there is in the page, or in one before it. */
      const read = async (kysely: Kysely<Tables>, after: number) => {
        const journalHead = await journalHeadOf(kysely, device.municipalityId, device.deviceId);
        return { journalHead, page: await readFeed(kysely, device, after, Math.min(limit, PULL_CHANGES_MAX)) };
      };
      // In one transaction: beside kiosks that push much, each one more would wait for another of their pushes.
      const asked = await inTransaction(database, async (work) => {
        const { transaction } = work;
        if (!(await rememberRequest(work, device, { jti, keepUntilMs, nowMs }))) return undefined;
        const generation = await generationOf({ kysely: transaction }, device.municipalityId);
        const after = (request.query.generation ?? FIRST_GENERATION) === generation ? request.query.after : 0;
        const { page, journalHead } = await read(transaction, after);
        // What it began before is judged by what it knew then, whenever it is pushed.
        if (page !== 'ahead') await rememberHeard(transaction, device, Math.min(after, request.query.heard ?? after));
        const rests = await leasingRests(transaction, device.municipalityId);
        return { generation, after, page, rests, journalHead };
      });
      if (!asked) return refuse(reply, log, { what: 'replayed' }, { device: device.deviceId, detail: 'the jti was used before' });
      const { generation, after, rests } = asked;
      let { page, journalHead } = asked;
      // A device that has much to catch up with is given new leases at the end: they would only be looked for again and again.
      const options = { nowMs, randomness, stockPerDeviceMax, masterKeys: cardKeys, keysAheadMax };
      const catchingUp = page !== 'ahead' && (page.more || page.changes.length >= MUCH_TO_HEAR);
      const leased = page === 'ahead' || catchingUp || rests ? NOTHING : await refreshLeases(database, device, options);
      if (leased.written > 0) ({ page, journalHead } = await inTransaction(database, ({ transaction }) => read(transaction, after)));
      if (page === 'ahead') return refuse(reply, log, { what: 'conflict' }, { device: device.deviceId, detail: 'the device has a cursor that was never given out' });
      const { changes, cursor } = page;
      const rest: Omit<PullResponse, 'changes'> = { cursor, more: page.more || catchingUp || leased.more, serverTime: momentFromEpoch(clock.now()), generation, journalHead };
      return packedAnswer(request, reply, `{"changes":[${changes.join(',')}],${JSON.stringify(rest).slice(1)}`);
    },
  );
}
