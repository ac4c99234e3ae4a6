/** The backend's command line: what may be typed, checked before anything is opened. */
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { ALL_COMMANDS } from './commands/all-commands.ts';
import { Given, UsageError, type Command as NamedCommand, type Place } from './commands/command.ts';

export { UsageError, type Place } from './commands/command.ts';

export const USAGE = `Usage: npm run backend -- COMMAND [options]     (or: node backend/main.ts COMMAND [options])

  serve [--port 8690] [--host 127.0.0.1]   serve the kiosks
        [--card-keys FILE]                 the town's master keys of cards (default: card-keys.json in the data directory)
        [--cards-per-day 500]              for the keys of how many cards one kiosk may ask in a day
        [--keys-ahead 300]                 of how many cards of its own site one kiosk has the keys before they come
        [--stock-per-kiosk 50]             how many unsold sets of one scheme one kiosk may hold
  seed demo                                put the demo town into the database (a second time changes nothing)
  invite --site yakuba --label 役場1        print a code with which one kiosk can be enrolled (1 hour, once)
  devices                                  list the enrolled kiosks
  books [--all]                            print the ledger's accounts and check that everything balances
  cards                                    list stopped cards, what is wrong with cards, and movements of unknown outcome
  migrate [--to VERSION]                   bring the database's schema up to date, or to a version
  openapi                                  print the interface's description (OpenAPI 3.1)
${ALL_COMMANDS.map(({ usage }) => usage).join('\n')}

Everywhere: --data DIR (default var/backend) · --database-url postgres://… (or KAZASU_DATABASE_URL; default: SQLite in the data directory)`;

export type Command =
  | ({ readonly name: 'serve'; readonly port: number; readonly host: string; readonly cardKeys?: string; readonly cardsPerDay?: number; readonly keysAhead?: number; readonly stockPerKiosk?: number } & Place)
  | ({ readonly name: 'seed-demo' | 'devices' | 'cards' } & Place)
  | ({ readonly name: 'invite'; readonly site: string; readonly label: string } & Place)
  | ({ readonly name: 'books'; readonly all: boolean } & Place)
  | ({ readonly name: 'migrate'; readonly to?: number } & Place)
  | { readonly name: 'openapi' }
  | { readonly name: 'named'; readonly command: NamedCommand; readonly given: Given }
  | { readonly name: 'help' };

const PORT_MAX = 65_535;
const CARDS_PER_DAY_LIMIT = 100_000;
const KEYS_AHEAD_LIMIT = 100_000;
const STOCK_LIMIT = 1_000_000;

/** @throws UsageError when it is not one of the commands */
export function parseCommandLine(words: readonly string[], environment: Readonly<Record<string, string | undefined>>): Command {
  const { positionals, values } = parse(words);
  if (values.help || positionals.length === 0) return { name: 'help' };
  const url = values['database-url'] ?? environment['KAZASU_DATABASE_URL'];
  const place: Place = { dataDir: values.data, ...(url ? { databaseUrl: url } : {}) };
  const required = (option: 'site' | 'label') => {
    const value = values[option];
    if (!value) throw new UsageError(`--${option} is missing.`);
    return value;
  };
  const named = ALL_COMMANDS.find(({ name }) => name.split(' ').every((word, index) => positionals[index] === word));
  if (named) return { name: 'named', command: named, given: new Given(place, positionals.slice(named.name.split(' ').length), values) };
  switch (positionals.join(' ')) {
    case 'serve':
      return {
        name: 'serve',
        port: wholeNumber('port', values.port, PORT_MAX),
        host: values.host,
        ...(values['card-keys'] === undefined ? {} : { cardKeys: values['card-keys'] }),
        ...(values['cards-per-day'] === undefined ? {} : { cardsPerDay: wholeNumber('cards-per-day', values['cards-per-day'], CARDS_PER_DAY_LIMIT) }),
        ...(values['keys-ahead'] === undefined ? {} : { keysAhead: wholeNumber('keys-ahead', values['keys-ahead'], KEYS_AHEAD_LIMIT) }),
        ...(values['stock-per-kiosk'] === undefined ? {} : { stockPerKiosk: wholeNumber('stock-per-kiosk', values['stock-per-kiosk'], STOCK_LIMIT) }),
        ...place,
      };
    case 'seed demo':
      return { name: 'seed-demo', ...place };
    case 'invite':
      return { name: 'invite', site: required('site'), label: required('label'), ...place };
    case 'devices':
      return { name: 'devices', ...place };
    case 'cards':
      return { name: 'cards', ...place };
    case 'books':
      return { name: 'books', all: values.all, ...place };
    case 'migrate':
      return { name: 'migrate', ...(values.to === undefined ? {} : { to: wholeNumber('to', values.to, 9_999) }), ...place };
    case 'openapi':
      return { name: 'openapi' };
    default:
      throw new UsageError(`There is no command "${positionals.join(' ')}".`);
  }
}

const OPTIONS_OF_COMMANDS: ParseArgsOptionsConfig = Object.fromEntries(ALL_COMMANDS.flatMap(({ options }) => Object.entries(options ?? {})));

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        data: { type: 'string', default: 'var/backend' },
        'database-url': { type: 'string' },
        port: { type: 'string', default: '8690' },
        host: { type: 'string', default: '127.0.0.1' },
        'card-keys': { type: 'string' },
        'cards-per-day': { type: 'string' },
        'keys-ahead': { type: 'string' },
        'stock-per-kiosk': { type: 'string' },
        site: { type: 'string' },
        label: { type: 'string' },
        to: { type: 'string' },
        all: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        ...OPTIONS_OF_COMMANDS,
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(option: string, text: string, max: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > max) throw new UsageError(`--${option} must be a whole number from 0 to ${max}, not "${text}".`);
  return number;
}
