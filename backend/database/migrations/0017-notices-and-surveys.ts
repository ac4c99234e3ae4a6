import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/**
 * What the office handed in of a notice, whole, and whether it has ended it. And what people answered to the five faces, as kiosks counted it: never
 * one by one.
 */
export const noticesAndSurveys: Migration = {
  version: 17,
  name: 'notices-and-surveys',
  async up(transaction, { integer, tableEnd }) {
    await sql`alter table notice add column body text`.execute(transaction);
    await sql`alter table notice add column ended ${integer} not null default 0`.execute(transaction);
    await sql`create table survey_count (
      municipality_id text not null,
      device_id text not null,
      day text not null,
      face ${integer} not null check (face >= 1 and face <= 5),
      did text not null,
      count ${integer} not null check (count >= 1),
      primary key (municipality_id, day, device_id, face, did),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);
  },
  async down(transaction) {
    await transaction.schema.dropTable('survey_count').execute();
    // Kiosks of that time read no notice that says more than the plain words.
    await sql`delete from change where body like '{"type":"notice",%' and (body like '%"kind":%' or body like '%"level":%' or body like '%"from":%' or body like '%"until":%' or body like '%"easy":%' or body like '%"en":%')`.execute(transaction);
    for (const column of ['ended', 'body']) await transaction.schema.alterTable('notice').dropColumn(column).execute();
  },
};
