/**
 * The agent's log: one JSON line an event, through pino. Writes only what the catalogue allows and never throws: a log must not be
 * able to stop a kiosk. Nothing about a person may get in here, so whatever looks like a personal number is cut out as well.
 */
import { pino, type DestinationStream } from 'pino';
import { LOG_EVENTS, type LogEventFields, type LogEventName } from '../../contract/log-events.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import type { Clock } from '../ports.ts';
import { systemClock } from '../system-ports.ts';
import { cutPersonalNumbers } from './cut-personal-numbers.ts';
import type { Log } from './log.ts';

const TEXT_MAX = 400;

/** @param destination standard output if left out; written synchronously, so that the last words before a crash are there */
export function createLog(destination?: DestinationStream, clock: Pick<Clock, 'now'> = systemClock): Log {
  const logger = pino(
    {
      base: null,
      timestamp: () => `,"time":"${momentFromEpoch(clock.now())}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
  return {
    event<Name extends LogEventName>(name: Name, ...given: keyof LogEventFields[Name] extends never ? [] : [LogEventFields[Name]]) {
      try {
        logger[LOG_EVENTS[name].level]({ event: name, ...allowedFields(name, given[0] ?? {}) });
      } catch {
        // A full disk or a closed pipe behind standard output: the kiosk goes on without this line.
      }
    },
  };
}

/** Keeps the fields the catalogue names, cut to the catalogue's length; everything else is dropped. */
function allowedFields(name: LogEventName, given: Readonly<Record<string, unknown>>): Record<string, string | number> {
  const kept: Record<string, string | number> = {};
  for (const [key, schema] of Object.entries(LOG_EVENTS[name].fields.shape)) {
    const value = given[key];
    const clean = typeof value === 'string' ? cutPersonalNumbers(value).slice(0, longestOf(schema)) : value;
    const parsed = schema.safeParse(clean);
    if (parsed.success) kept[key] = parsed.data;
  }
  return kept;
}

function longestOf(schema: object): number {
  return 'maxLength' in schema && typeof schema.maxLength === 'number' ? schema.maxLength : TEXT_MAX;
}
