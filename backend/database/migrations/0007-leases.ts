import type { Migration } from './migration.ts';

/** Purchase rights, stock, holds, keys in advance; devices that are not trusted any more. */
export const leases: Migration = {
  version: 7,
  name: 'leases',
  async up() {},
  async down() {},
};
