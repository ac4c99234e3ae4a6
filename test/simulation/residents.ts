/**
 * Six people and what they carry: two DESFire cards, two FeliCa Lite-S cards, a plain card and a paper card. Figures are chosen so that
 * they tell whose they are: the opening balance of resident k is k × 100,000, and every grant has an amount of its own.
 */
import type { CardProfile } from '../../contract/card.ts';
import { AccountId } from '../../contract/ids.ts';

export const RESIDENTS = [1, 2, 3, 4, 5, 6] as const;
export type Resident = (typeof RESIDENTS)[number];

export const profileOf = (resident: Resident): CardProfile => PROFILES[resident];
const PROFILES: Readonly<Record<Resident, CardProfile>> = { 1: 'desfire', 2: 'desfire', 3: 'felica-lite-s', 4: 'felica-lite-s', 5: 'plain-identifier', 6: 'code' };

/** Identifiers of the residents' cards in hexadecimal digits: a UID of 7 bytes, an IDm of 8, what a paper card's code says. */
export const identifierOf = (resident: Resident): string => IDENTIFIERS[profileOf(resident)](resident);
const IDENTIFIERS: Readonly<Record<CardProfile, (resident: Resident) => string>> = {
  desfire: (resident) => `04c0ffee0a0b0${resident}`,
  'felica-lite-s': (resident) => `012e0612c0ffee0${resident}`,
  'plain-identifier': (resident) => `01010612c0ffee0${resident}`,
  code: (resident) => `c0dec0ffee00112233445566778899a${resident}`,
};

/** Two accounts are one person's: whoever loses the card of one gets its value moved to the other. */
export const personOf = (resident: Resident): string => `r-${Math.ceil(resident / 2)}`;
export const PERSONS: readonly string[] = [...new Set(RESIDENTS.map(personOf))];

export const accountOf = (resident: Resident): AccountId => AccountId.parse(`a-resident-${resident}`);
export const openingOf = (resident: Resident): number => resident * 100_000;
export const residentOf = (account: string): Resident | undefined => RESIDENTS.find((resident) => accountOf(resident) === account);
