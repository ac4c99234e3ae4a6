/** Operation ids of movements that the town itself makes: the same cause gives the same id, so that nothing is made twice. */
import { createHash } from 'node:crypto';
import { OperationId } from '../../contract/ids.ts';

/**
 * A UUID of version 7 whose time is `epochMs` and whose other bits are a digest of `cause`.
 * @param cause says what the operation is made for, and is never used for another
 */
export function derivedOperationId(cause: string, epochMs: number): OperationId {
  const bytes = createHash('sha256').update(cause, 'utf8').digest().subarray(0, 16);
  bytes.writeUIntBE(epochMs, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return OperationId.parse(`${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`);
}
