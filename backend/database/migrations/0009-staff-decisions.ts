import type { Migration } from './migration.ts';

/** What staff decided about anomalies and cards, and why. */
export const staffDecisions: Migration = {
  version: 9,
  name: 'staff-decisions',
  async up() {},
  async down() {},
};
