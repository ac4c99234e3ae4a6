/** Writes docs/offline.md from the table of what a kiosk may do offline; with `--check` only says whether the page is up to date. */
import { OFFLINE, type Answer, type CardKind, type OfflineRow } from '../contract/offline.ts';
import { REFUSALS } from '../contract/refusal.ts';
import { keepPage } from './made-page.ts';

const KINDS: Readonly<Record<CardKind, { readonly ja: string; readonly en: string }>> = {
  'value-on-card': { ja: '残高がカードにある', en: 'value on the card' },
  'value-in-ledger': { ja: '残高が台帳にある', en: 'value in the ledger' },
  unauthenticated: { ja: '写せるカード', en: 'can be copied' },
};
const KIND_ORDER: readonly CardKind[] = ['value-on-card', 'value-in-ledger', 'unauthenticated'];

const rows: Array<readonly [string, OfflineRow]> = Object.entries(OFFLINE);
const named = new Set<keyof typeof REFUSALS>();
const table = rows.flatMap(([, { name, needs, answers }]) => {
  const alike = new Set(KIND_ORDER.map((kind) => answers[kind].join())).size === 1;
  return (alike ? KIND_ORDER.slice(0, 1) : KIND_ORDER).map((kind, index) => {
    const head = index === 0 ? `${name.ja} · ${name.en} | ${needs.ja} · ${needs.en}` : ' | ';
    const card = alike ? 'どのカードでも · any' : `${KINDS[kind].ja} · ${KINDS[kind].en}`;
    return `| ${head} | ${card} | ${answers[kind].map(said).join(' | ')} |`;
  });
});
const refusals = [...named].sort().map((refusal) => `| \`${refusal}\` | ${REFUSALS[refusal].rule}。${REFUSALS[refusal].remedy}。 | ${REFUSALS[refusal].en} |`);

const page = `# つながらないときにできること · What a kiosk may do offline

Made from \`contract/offline.ts\` by \`node scripts/offline-page.ts\`; do not edit. Services and screens ask the same table, and a test does its rows
on a real ledger. A kiosk is *with a lease* when what the use case needs was set aside for it while it was online and is not past its time. On
a card that proves itself, the keys of that card belong to it wherever the card is written on.

| use case | needs | card | online | offline, with lease | offline, without |
|---|---|---|---|---|---|
${table.join('\n')}

✓ allowed · 職員 when people of the staff agree · 役場 done by the town alone. Anything else is refused:

| rule | 日本語 | English |
|---|---|---|
${refusals.join('\n')}
`;

keepPage('docs/offline.md', page, 'scripts/offline-page.ts');

function said(answer: Answer): string {
  switch (answer) {
    case 'allowed':
      return '✓';
    case 'with-staff':
      return '職員';
    case 'by-town':
      return '役場';
    default:
      named.add(answer);
      return `\`${answer}\``;
  }
}
