/** The accounting programs hledger and ledger, asked about a journal. They know nothing of us: what they add up, they add up by themselves. */
import { spawnSync } from 'node:child_process';

export interface Verdict {
  readonly status: number | null;
  readonly complaint: string;
}

function run(program: 'hledger' | 'ledger', words: readonly string[]): Verdict & { readonly output: string } {
  // No settings of whoever runs the tests, and UTF-8 whatever their locale is.
  const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: '/nonexistent', LC_ALL: 'C.UTF-8' }, maxBuffer: 1 << 28 });
  if (error) throw new Error(`${program} cannot be run: ${error.message}`);
  return { status, output: stdout, complaint: stderr };
}

/** Every check they have: parsing, balanced transactions, assertions, and that every account and commodity was declared. */
export function checkedByHledger(file: string): Verdict {
  const { status, complaint } = run('hledger', ['-f', file, 'check', '--strict']);
  return { status, complaint };
}
export function checkedByLedger(file: string): Verdict {
  const { status, complaint } = run('ledger', ['-f', file, '--strict', '--pedantic', 'bal']);
  return { status, complaint };
}

/** Balances by account and commodity, `pocket:a:l JPY`; empty ones left out. */
export type Balances = Readonly<Record<string, number>>;

export function balancesOfHledger(file: string): Balances {
  const { output } = run('hledger', ['-f', file, 'bal', '--flat', '--no-total', '--layout=bare', '-O', 'csv']);
  const rows = output.trim().split('\n').slice(1).map((line) => JSON.parse(`[${line}]`) as [string, string, string]);
  return balancesOf(rows.map(([account, commodity, balance]) => [account, commodity, balance] as const));
}

export function balancesOfLedger(file: string): Balances {
  const { output } = run('ledger', ['-f', file, 'bal', '--flat', '--no-total', '-F', '%(account)|%(commodity(display_total))|%(quantity(display_total))\n']);
  return balancesOf(output.trim().split('\n').map((line) => line.split('|')).map(([account = '', commodity = '', balance = '']) => [account, commodity.replaceAll('"', ''), balance] as const));
}

function balancesOf(rows: ReadonlyArray<readonly [account: string, commodity: string, balance: string]>): Balances {
  const sorted = rows.filter(([, , balance]) => Number(balance) !== 0).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(sorted.map(([account, commodity, balance]) => [`${account} ${commodity}`, Number(balance)]));
}
