/** A log that keeps its events, for tests. */
import type { LogEventName } from '../../contract/log-events.ts';
import type { Log } from '../log/log.ts';

export interface RecordedLog extends Log {
  readonly events: Array<{ readonly name: LogEventName; readonly fields: unknown }>;
  names(): LogEventName[];
}

export function createRecordedLog(): RecordedLog {
  const events: RecordedLog['events'] = [];
  return {
    events,
    event: (name, ...fields) => void events.push({ name, fields: fields[0] ?? {} }),
    names: () => events.map(({ name }) => name),
  };
}
