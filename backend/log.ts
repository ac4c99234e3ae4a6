/**
 * Writes the backend's log events as JSON lines. Which there are, and which fields they may carry, is in `contract/log-events.ts`;
 * anything else is refused, so that no body, name or account can get into a log by accident.
 */
import pino from 'pino';
import { LOG_EVENTS, type LogEventFields, type LogEventName } from '../contract/log-events.ts';

export interface BackendLog {
  /** Writes one event. @throws when a field is missing, unknown or too long: a bug */
  event<Name extends LogEventName>(name: Name, fields: LogEventFields[Name]): void;
}

/** @param write takes one line of JSON, with its end */
export function createBackendLog(write: (line: string) => void): BackendLog {
  const writer = pino({ base: { from: 'backend' }, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'meaning', errorKey: 'error' }, { write });
  return {
    event(name, fields) {
      const { level, meaning, fields: schema } = LOG_EVENTS[name];
      writer[level]({ event: name, ...schema.parse(fields) }, meaning);
    },
  };
}

/** Keeps nothing. For tests and simulations that do not read logs. */
export const silentLog: BackendLog = { event: () => undefined };

/** A message of an error, short enough for a `detail` field. */
export function detailOf(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 400);
}
