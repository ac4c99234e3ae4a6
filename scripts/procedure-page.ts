/**
 * Writes `docs/procedure.schema.json`, the JSON Schema of a procedure's file, for editors that help while one is written. `--check` writes nothing
 * and fails when the file is not up to date. What a schema cannot say, `npm run backend -- procedure put` says.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Procedure } from '../contract/procedure/procedure.ts';

const PAGE = fileURLToPath(new URL('../docs/procedure.schema.json', import.meta.url));

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const schema = z.toJSONSchema(Procedure, { io: 'input' });
const page = `${JSON.stringify({ ...schema, title: 'Kazasu procedure', description: 'A procedure (手続き) that residents can ask for at a kiosk' }, null, 2)}\n`;
if (!values.check) {
  writeFileSync(PAGE, page);
} else if (currentPage() !== page) {
  process.stderr.write('docs/procedure.schema.json is not up to date. Run: node scripts/procedure-page.ts\n');
  process.exitCode = 1;
}

function currentPage(): string {
  try {
    return readFileSync(PAGE, 'utf8');
  } catch {
    return '';
  }
}
