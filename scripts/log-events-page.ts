/**
 * Writes `docs/log-events.md` from the catalogue of log events, so that the page never says anything else than the program.
 * `--check` writes nothing and fails when the page is not up to date.
 */
import { z } from 'zod';
import { LOG_EVENTS } from '../contract/log-events.ts';
import { keepPage } from './made-page.ts';

keepPage('docs/log-events.md', logEventsPage(), 'scripts/log-events-page.ts');

function logEventsPage(): string {
  const rows = Object.entries(LOG_EVENTS)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { level, meaning, fields }]) => `| \`${name}\` | ${level} | ${meaning} | ${fieldsOf(fields)} |`);
  return `# ログの出来事 · Log events

Made from \`contract/log-events.ts\` by \`node scripts/log-events-page.ts\`; do not edit. Agent and backend write one JSON line an event on
standard output: \`level\`, \`time\` (UTC), \`event\`, and the event's own fields. No field holds anything about a person; whatever looks
like a personal number is cut out as \`[cut]\`.

| event | level | what it means | fields |
|---|---|---|---|
${rows.join('\n')}
`;
}

function fieldsOf(fields: z.ZodObject): string {
  const { properties = {} } = z.toJSONSchema(fields) as { properties?: Record<string, { type?: string; maxLength?: number }> };
  return Object.entries(properties)
    .map(([name, { type = '', maxLength }]) => `\`${name}\` ${type}${maxLength === undefined ? '' : ` (≤ ${maxLength})`}`)
    .join(', ');
}
