/** The kiosk as everybody finds it. Apart from its schema, so that the window need not load a schema library for it. */
import type { Settings } from './kiosk.ts';

export const USUAL_SETTINGS: Settings = { text: 'usual', colours: 'usual', form: 'ja', readings: false, voice: 'off', volume: 2 };
