/** Nobody's data where it does not belong: neither in a journal, nor anywhere in the bytes of a database. */
import { existsSync, readFileSync } from 'node:fs';
import { PERSONAL_WORDS } from '../personal-words.ts';
import type { Invariant } from './invariant.ts';

export const NOTHING_PERSONAL: Invariant = {
  name: 'nothing personal is unsealed',
  look({ world, kiosks }, find) {
    for (const { name, file, entries } of kiosks) {
      if (entries.some(({ body }) => holdsWord(body))) find(`the journal of kiosk ${name} holds a card's identifier`);
      for (const part of ['', '-wal']) if (existsSync(`${file}${part}`) && holdsBytes(readFileSync(`${file}${part}`))) find(`the ledger of kiosk ${name} holds a card's identifier`);
    }
    if (holdsBytes(world.backend.store.image())) find("the backend's database holds a card's identifier");
  },
};

function holdsWord(text: string): boolean {
  const lower = text.toLowerCase();
  return PERSONAL_WORDS.identifiers.some((word) => lower.includes(word));
}

function holdsBytes(bytes: Buffer): boolean {
  // Without a part that one of them must have, no identifier can be there.
  if (!PERSONAL_WORDS.parts.some((part) => bytes.includes(part))) return false;
  return (
    PERSONAL_WORDS.identifierBytes.some((identifier) => bytes.includes(identifier)) ||
    PERSONAL_WORDS.identifiers.some((word) => bytes.includes(word) || bytes.includes(word.toUpperCase()))
  );
}
