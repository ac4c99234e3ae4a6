/** Writes docs/troubles.md from the catalogue of troubles; with `--check` only says whether the page is up to date. */
import { TROUBLES } from '../contract/trouble.ts';
import { keepPage } from './made-page.ts';

const rows = Object.entries(TROUBLES)
  .sort(([, a], [, b]) => a.number - b.number)
  .map(([name, trouble]) => `| ${trouble.number} | \`${name}\` | ${trouble.meaning} | ${'staff' in trouble ? `${trouble.staff}<br>` : ''}${trouble.remedy} |`);
const page = `# 番号の意味 · What the numbers mean

The number a resident reads out from the screen 「職員をよんでください」. Made from \`contract/trouble.ts\`; a number never changes its meaning.
1xx set-up · 2xx reader · 3xx printer · 4xx data · 5xx window.

| 番号 | name in the log | what it means | すること · what to do |
|---|---|---|---|
${rows.join('\n')}
`;

keepPage('docs/troubles.md', page, 'scripts/troubles-page.ts');
