/**
 * Writes `docs/platform-openapi.json` from the schemas with which the backend asks a regional-currency platform. `--check` writes nothing and fails when
 * the file is not up to date.
 */
import { platformOpenApi } from '../backend/adapters/platform-openapi.ts';
import { keepPage } from './made-page.ts';

keepPage('docs/platform-openapi.json', `${JSON.stringify(platformOpenApi(), null, 2)}\n`, 'scripts/platform-page.ts');
