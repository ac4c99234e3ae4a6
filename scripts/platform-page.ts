/**
 * Writes `docs/platform-openapi.json` from the schemas with which the backend asks a regional-currency platform. `--check` writes nothing and fails when
 * the file is not up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { platformOpenApi } from '../backend/adapters/platform-openapi.ts';

const PAGE = fileURLToPath(new URL('../docs/platform-openapi.json', import.meta.url));

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const page = `${JSON.stringify(platformOpenApi(), null, 2)}\n`;
if (!values.check) {
  writeFileSync(PAGE, page);
} else if (currentPage() !== page) {
  process.stderr.write('docs/platform-openapi.json is not up to date. Run: node scripts/platform-page.ts\n');
  process.exitCode = 1;
}

function currentPage(): string {
  try {
    return readFileSync(PAGE, 'utf8');
  } catch {
    return '';
  }
}
