/**
 * The agent's entry. Switches Node's compile cache on and then loads the program: from its second start on, nothing of it is stripped of
 * its types or compiled again, which halves the start and saves some 20 MB. Where the cache cannot be written, all is only slower.
 */
import { enableCompileCache } from 'node:module';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';

// A kiosk rests most of the time. Left alone, V8 lets the space for new objects grow to over 100 MB instead of tidying it.
setFlagsFromString('--semi-space-growth-factor=1');

// A shell that sets NODE_COMPILE_CACHE spares even this file; Node then keeps to that place.
enableCompileCache(path.resolve(import.meta.dirname, '../node_modules/.cache/kazasu-agent'));
await import('./agent-process.ts');
