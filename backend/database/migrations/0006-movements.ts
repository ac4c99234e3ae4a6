import type { Migration } from './migration.ts';

/** Every kind of movement, the rules of schemes, and what is owed to customers. */
export const movements: Migration = {
  version: 6,
  name: 'movements',
  async up() {},
  async down() {},
};
