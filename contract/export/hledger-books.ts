/**
 * Books as a plain-text journal that the accounting programs hledger and ledger read alike. A debit is positive, a credit negative; a balance
 * of every account is asserted at the end, so that the program that reads it adds everything up by itself and compares.
 */
import type { DeviceId } from '../ids.ts';
import { dateInTokyo, type LocalDate } from '../time.ts';
import type { LedgerAccount } from '../value.ts';
import type { BooksFormat, NamedSchemes } from './books-format.ts';
import { KnownLots, measureOfPosting, type Measure } from './measure.ts';

const YEN = 'JPY';
/** What comments of a movement name. */
const TAGS = ['kind', 'device', 'seq', 'occurred-at', 'of-operation'] as const;

/** What an account had before the first movement. */
export interface OpeningBalance {
  readonly account: LedgerAccount;
  readonly measure: Measure;
  /** Debits minus credits. */
  readonly amount: number;
}

/**
 * @param opening what stands on the accounts on the morning of a day, when the movements are not all there ever were
 */
export function hledgerBooks(schemes: NamedSchemes, opening?: { readonly on: LocalDate; readonly balances: readonly OpeningBalance[] }): BooksFormat {
  const lots = new KnownLots();
  const declared = new Set<string>();
  /** By account and commodity. */
  const balances = new Map<string, { readonly account: LedgerAccount; readonly commodity: string; amount: number }>();
  let lastDay: LocalDate | undefined;

  /** Notes the amount. @returns the line, and what must be declared before it */
  function posted(account: LedgerAccount, commodity: string, amount: number): { readonly line: string; readonly declarations: string } {
    const key = `${account} ${commodity}`;
    const balance = balances.get(key) ?? { account, commodity, amount: 0 };
    balance.amount += amount;
    balances.set(key, balance);
    const declarations = declare(`commodity ${commodity}`) + declare(`account ${accountName(account)}`);
    return { line: `    ${accountName(account)}  ${amount} ${commodity}\n`, declarations };
  }
  function declare(line: string): string {
    if (declared.has(line)) return '';
    declared.add(line);
    return `${line}\n`;
  }
  function transaction(day: LocalDate, title: string, comments: readonly string[], lines: ReadonlyArray<ReturnType<typeof posted>>): string {
    if (lastDay === undefined || day > lastDay) lastDay = day;
    const head = `${day} * ${title}\n${comments.map((comment) => `    ; ${comment}\n`).join('')}`;
    return `${lines.map(({ declarations }) => declarations).join('')}\n${head}${lines.map(({ line }) => line).join('')}\n`;
  }

  return {
    head() {
      const explanation = `; Debits are positive, credits negative. Accounts are numbers; nothing here says who a person is.\n${TAGS.map((tag) => `tag ${tag}\n`).join('')}`;
      if (!opening || opening.balances.length === 0) return explanation;
      const lines = opening.balances.map(({ account, measure, amount }) => posted(account, commodityOf(measure, schemes), amount));
      return explanation + transaction(opening.on, 'opening balances', [], lines);
    },
    movement({ movement, device, seq }) {
      lots.learn(movement.lots);
      const lines = movement.postings.flatMap((posting) => {
        const commodity = commodityOf(measureOfPosting(posting, movement, lots), schemes);
        return [posted(posting.debit, commodity, posting.amount), posted(posting.credit, commodity, -posting.amount)];
      });
      const { operationId, kind, occurredAt, ofOperation } = movement;
      const comments = [`kind: ${kind}`, ...source(device, seq), `occurred-at: ${occurredAt}`, ...(ofOperation === undefined ? [] : [`of-operation: ${ofOperation}`])];
      return transaction(dateInTokyo(occurredAt), `(${operationId}) ${kind}`, comments, lines);
    },
    end() {
      if (lastDay === undefined) return '';
      const assertions = [...balances]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([, { account, commodity, amount }]) => `    ${accountName(account)}  0 ${commodity} = ${amount} ${commodity}\n`);
      // Of the last day, because hledger looks at assertions in the order of days and ledger in the order of lines.
      return `\n${lastDay} * balances\n${assertions.join('')}`;
    },
  };
}

const source = (device: DeviceId | null, seq: number | null): string[] => (device === null ? ['device: none'] : [`device: ${device}`, ...(seq === null ? [] : [`seq: ${seq}`])]);

/** `pocket/a/l` → `pocket:a:l`. */
const accountName = (account: LedgerAccount): string => account.replaceAll('/', ':');

/** Yen are JPY, whoever issues them. Points and tickets of each scheme are a commodity of their own, by name and id. */
function commodityOf(measure: Measure, schemes: NamedSchemes): string {
  if (measure.kind === 'money') return YEN;
  const scheme = schemes.get(measure.schemeId);
  if (scheme?.unit === 'yen') return YEN;
  // Neither program has a way to write a quotation mark inside quotation marks, and for hledger a semicolon begins a comment.
  const name = scheme?.name.replaceAll(/[";\p{Cc}\p{Zl}\p{Zp}]/gu, '_');
  return name === undefined ? `"${measure.schemeId}"` : `"${name} ${measure.schemeId}"`;
}
