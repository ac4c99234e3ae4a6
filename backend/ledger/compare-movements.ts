/** Compares a movement that a device reports with the same movement as the backend makes it. */
import { isDeepStrictEqual } from 'node:util';
import type { Movement } from '../../contract/value.ts';

/** @param except left aside @returns the names of the fields in which they differ, in one text; empty when they are the same */
export function differing(derived: Movement, claimed: Movement, ...except: Array<keyof Movement>): string {
  const fields = new Set([...Object.keys(derived), ...Object.keys(claimed)] as Array<keyof Movement>);
  return [...fields].filter((field) => !except.includes(field) && !isDeepStrictEqual(derived[field], claimed[field])).join(', ');
}
