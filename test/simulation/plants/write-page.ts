/** Puts what `--plant all` found into docs/simulation.md, so that every figure there comes from the command. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FAULT_KINDS } from '../fault-kinds.ts';
import { INVARIANTS } from '../invariants/invariants.ts';
import type { Finding } from './find-bugs.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';

const PAGE = path.resolve(import.meta.dirname, '../../../docs/simulation.md');
const between = (name: string) => ({ begin: `<!-- ${name}: made by npm run simulate -- --plant all -->`, end: `<!-- end of ${name} -->` });

export function writePage(findings: readonly Finding[], seeds: number): void {
  let page = readFileSync(PAGE, 'utf8');
  page = replaced(page, 'faults', Object.entries(FAULT_KINDS).map(([name, about]) => `| \`${name}\` | ${about} |`), ['| fault | what it is |', '|---|---|']);
  page = replaced(page, 'rules', INVARIANTS.map(({ name }) => `- ${name}`));
  const rows = PLANTED_BUGS.map(({ name, about }) => {
    const found = findings.find((finding) => finding.name === name);
    const seed = found?.seed === undefined ? `not within ${seeds}` : String(found.seed);
    return `| \`${name}\` | ${about} | ${seed} | ${(found?.seconds ?? 0).toFixed(1)} | ${(found?.sentence ?? '').split(':')[0] ?? ''} |`;
  });
  page = replaced(page, 'bugs', rows, ['| planted bug | what it is | found at seed | after seconds | by the rule, or what was seen |', '|---|---|---|---|---|']);
  writeFileSync(PAGE, page);
}

function replaced(page: string, name: string, lines: readonly string[], head: readonly string[] = []): string {
  const { begin, end } = between(name);
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${PAGE} has no place for ${name}`);
  return `${page.slice(0, from + begin.length)}\n${[...head, ...lines].join('\n')}\n${page.slice(to)}`;
}
