/** Bugs as they happen in such systems, each planted at a seam; the simulation must find every one of them. */
import { BACKEND_BUGS } from './backend-bugs.ts';
import { CARD_BUGS } from './card-bugs.ts';
import { LEASE_BUGS } from './lease-bugs.ts';
import { LEDGER_BUGS } from './ledger-bugs.ts';
import type { PlantedBug } from './planted-bug.ts';
import { PRINTING_BUGS } from './printing-bugs.ts';
import { SYNC_BUGS } from './sync-bugs.ts';

export const PLANTED_BUGS: readonly PlantedBug[] = [...LEDGER_BUGS, ...LEASE_BUGS, ...BACKEND_BUGS, ...SYNC_BUGS, ...CARD_BUGS, ...PRINTING_BUGS];
