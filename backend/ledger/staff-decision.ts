/** Who of the staff decided something, and why: kept for ever, so it is checked before it is written. */
import { StaffId } from '../../contract/ids.ts';
import { BackendUnusable } from '../unusable.ts';

export interface StaffDecision {
  readonly staff: StaffId;
  readonly reason: string;
}

const REASON_LENGTH_MAX = 400;

/** @throws BackendUnusable with what is wrong about it */
export function readStaffDecision(staff: string, reason: string): StaffDecision {
  const id = StaffId.safeParse(staff).data;
  if (!id) throw new BackendUnusable('configuration', `"${staff}" cannot be a staff number: small letters, digits and hyphens.`);
  const text = reason.trim();
  if (text === '' || text.length > REASON_LENGTH_MAX) throw new BackendUnusable('configuration', `The reason must have 1 to ${REASON_LENGTH_MAX} letters.`);
  // It stays for ever, and nobody can take it out again.
  if (/\d{12}/.test(text.normalize('NFKC').replace(/[\s-]/g, ''))) throw new BackendUnusable('configuration', 'The reason holds twelve digits in a row. No My Number may be written here; say it without.');
  return { staff: id, reason: text };
}
