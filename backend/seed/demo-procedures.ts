/** What can be asked for in the demo town: every procedure that is shipped, its parts, and fees that nobody has approved yet. */
import { readdirSync, readFileSync } from 'node:fs';
import { TownFees } from '../../contract/procedure/fees.ts';
import { Procedure, TownAreas } from '../../contract/procedure/procedure.ts';

const read = (place: URL): unknown => JSON.parse(readFileSync(place, 'utf8'));
const PROCEDURES = new URL('../procedures/', import.meta.url);

export const demoAreas = TownAreas.parse(read(new URL('areas.json', import.meta.url)));
export const demoFees = TownFees.parse(read(new URL('fees.json', import.meta.url)));
export const demoProcedures = readdirSync(PROCEDURES)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => Procedure.parse(read(new URL(file, PROCEDURES))));
