/** Writing log events. Which there are, what they mean and which fields they may carry is in `contract/log-events.ts`. */
import type { LogEventFields, LogEventName } from '../../contract/log-events.ts';

export interface Log {
  /** Writes one event. Only the fields of its catalogue entry are written; anything that looks like a personal number is cut out. */
  event<Name extends LogEventName>(name: Name, ...fields: keyof LogEventFields[Name] extends never ? [] : [LogEventFields[Name]]): void;
}
