/** Who may do what with a file: access rights, and the protection in which it then travels (MF2DLHX0, 8.2.3). */
import type { ApplicationMemory, CommunicationMode, FileMemory } from './memory.ts';
import { Refusal } from './status.ts';

export type Right = 'read' | 'write' | 'read-write' | 'change';

const FREE = 0xe;
const NEVER = 0xf;
const SHIFT: Readonly<Record<Right, number>> = { read: 12, write: 8, 'read-write': 4, change: 0 };

export function keyFor(file: FileMemory, right: Right): number {
  return (file.access >> SHIFT[right]) & 0xf;
}

/**
 * @param keyNumber the key the session was authenticated with, if any
 * @returns the protection: the file's own when a key gives the right, none when it is free
 * @throws Refusal when nobody may, or another key is needed
 */
export function permitted(file: FileMemory, rights: readonly Right[], keyNumber: number | undefined): CommunicationMode {
  const keys = rights.map((right) => keyFor(file, right));
  if (keyNumber !== undefined && keys.includes(keyNumber)) return file.communication;
  if (keys.includes(FREE)) return 'plain';
  throw new Refusal(keys.every((key) => key === NEVER) ? 'permissionDenied' : 'authenticationError');
}

/** True when every nibble names a key of the application, "free" or "never". */
export function accessIsPossible(access: number, application: ApplicationMemory): boolean {
  return [12, 8, 4, 0].map((shift) => (access >> shift) & 0xf).every((key) => key >= FREE || key < application.keys.length);
}
