import type { Migration } from './migration.ts';

/** The signatures with which devices seal their journals. */
export const journalSeals: Migration = {
  version: 8,
  name: 'journal-seals',
  async up() {},
  async down() {},
};
