/**
 * Writes `docs/procedure.schema.json`, the JSON Schema of a procedure's file, for editors that help while one is written. `--check` writes nothing
 * and fails when the file is not up to date. What a schema cannot say, `npm run backend -- procedure put` says.
 */
import { z } from 'zod';
import { Procedure } from '../contract/procedure/procedure.ts';
import { keepPage } from './made-page.ts';

const schema = { ...z.toJSONSchema(Procedure, { io: 'input' }), title: 'Kazasu procedure', description: 'A procedure (手続き) that residents can ask for at a kiosk' };
keepPage('docs/procedure.schema.json', `${JSON.stringify(schema, null, 2)}\n`, 'scripts/procedure-page.ts');
