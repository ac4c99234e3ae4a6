import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MunicipalityId } from '../../contract/ids.ts';
import { API, ApiError } from '../../contract/sync.ts';
import { asOnlyWriter } from '../ledger/change-feed.ts';
import { ENGINES } from '../test-support/engines.ts';
import { refusalOf, valueOf, type TestDevice } from '../test-support/test-device.ts';
import { testTown, type TestTown } from '../test-support/test-town.ts';
import { PUSHES_AT_ONCE_MAX } from './pushes-at-once.ts';

describe.each(ENGINES)('many kiosks at once on $name', (engine) => {
  let town: TestTown;
  let device: TestDevice;
  beforeAll(async () => {
    town = await testTown(engine, 8);
    device = await town.device();
    device.append({ type: 'staff-called', callNumber: 1, screen: 'start' });
  });
  afterAll(() => town.close());

  /** Sends while somebody else writes to the ledger for as long as it takes until `refused` of them have their answer. */
  async function sentTogether<Answer>(sent: number, send: () => Promise<Answer>, refused: number): Promise<Answer[]> {
    const { municipality_id } = await town.database.kysely.selectFrom('municipality').select('municipality_id').executeTakeFirstOrThrow();
    let answered = 0;
    const written = Promise.withResolvers<undefined>();
    const begun = Promise.withResolvers<undefined>();
    const writing = asOnlyWriter(town.database, MunicipalityId.parse(municipality_id), () => {
      begun.resolve(undefined);
      return written.promise;
    });
    await begun.promise;
    const answers = Array.from({ length: sent }, async () => {
      const answer = await send();
      answered += 1;
      if (answered === refused) written.resolve(undefined);
      return answer;
    });
    await writing;
    return Promise.all(answers);
  }

  it('are served as far as the backend can, the others are told when to come again, and find it free then', async () => {
    const answers = await sentTogether(PUSHES_AT_ONCE_MAX + 8, () => device.push(), 8);
    const refused = answers.filter(({ ok }) => !ok).map(refusalOf);
    expect(refused).toHaveLength(8);
    for (const error of refused) expect(error).toMatchObject({ what: 'unavailable', retryAfterSeconds: 2 });
    for (let again = 0; again < PUSHES_AT_ONCE_MAX + 8; again += 1) valueOf(await device.push());
  });

  it('say so in HTTP’s own words too', async () => {
    const body = JSON.stringify({ entries: device.entries, seal: device.sealOf(device.entries) });
    const send = async () => town.backend.app.inject({ method: 'POST', url: API.push, headers: { authorization: `Bearer ${await device.token('POST', API.push, body)}`, 'content-type': 'application/json' }, payload: body });
    const answers = await sentTogether(PUSHES_AT_ONCE_MAX + 1, send, 1);
    const busy = answers.filter(({ statusCode }) => statusCode === 503);
    expect(busy.map(({ headers }) => headers['retry-after'])).toEqual(['2']);
    expect(ApiError.parse(busy[0]?.json()).retryAfterSeconds).toBe(2);
  });
});
