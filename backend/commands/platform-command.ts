/** `platform`: what a regional-currency platform was told, and what still waits. */
import { momentFromEpoch } from '../../contract/time.ts';
import { withDatabase } from '../database/open-database.ts';
import { print, type Command } from './command.ts';

export const platformCommand: Command = {
  name: 'platform',
  usage: '  platform                                 what the regional-currency platform was told, and what still waits (platform.json in the data directory)',
  async run(given) {
    given.noWords();
    const rows = await withDatabase(given.place, ({ kysely }) =>
      kysely
        .selectFrom('platform_transfer')
        .select((eb) => ['municipality_id', 'scheme_id', 'state', eb.fn.countAll<number>().as('count'), eb.fn.sum<string | number>('amount').as('amount'), eb.fn.max('attempts').as('attempts'), eb.fn.min('next_try_ms').as('next')])
        .groupBy(['municipality_id', 'scheme_id', 'state'])
        .orderBy('municipality_id')
        .orderBy('scheme_id')
        .orderBy('state')
        .execute(),
    );
    for (const { municipality_id, scheme_id, state, count, amount, attempts, next } of rows) {
      const open = state === 'waiting' || state === 'reserved';
      print([municipality_id, scheme_id, state, count, amount, ...(open ? [`tried ${attempts} times`, `next ${momentFromEpoch(next)}`] : [])].join('\t'));
    }
    if (rows.length === 0) print('No value lives on a platform.');
    return 0;
  },
};
