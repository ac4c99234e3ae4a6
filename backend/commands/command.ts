/** What a command of the backend is: its words stand beside what it does, and `all-commands.ts` lists them. */

export interface Place {
  readonly dataDir: string;
  /** PostgreSQL; without one, SQLite in `dataDir`. */
  readonly databaseUrl?: string;
}

/** The words were not understood. The message says which, for whoever typed them. */
export class UsageError extends Error {}

/** What was typed after the command's name. */
export class Given {
  readonly place: Place;
  /** Words that are no options. */
  readonly words: readonly string[];
  readonly #options: Readonly<Record<string, string | boolean | undefined>>;

  constructor(place: Place, words: readonly string[], options: Readonly<Record<string, string | boolean | undefined>>) {
    this.place = place;
    this.words = words;
    this.#options = options;
  }

  flag(option: string): boolean {
    return this.#options[option] === true;
  }

  optional(option: string): string | undefined {
    const value = this.#options[option];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** @throws UsageError when it is missing */
  required(option: string): string {
    const value = this.optional(option);
    if (value === undefined) throw new UsageError(`--${option} is missing.`);
    return value;
  }

  /** The only word. @throws UsageError when there is none, or more than one */
  word(what: string): string {
    const [word] = this.words;
    if (word === undefined || this.words.length !== 1) throw new UsageError(`Exactly one ${what} must be named.`);
    return word;
  }

  /** @throws UsageError when words stand there that nobody asked for */
  noWords(): void {
    if (this.words.length > 0) throw new UsageError(`"${this.words.join(' ')}" is one word too many.`);
  }
}

export interface Command {
  /** One or two words: `integrity`, `cards release`. */
  readonly name: string;
  /** One line or two of `--help`, beginning with the name. */
  readonly usage: string;
  /** Options of its own. An option that several commands have must be the same in all. */
  readonly options?: Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>;
  /** @returns the exit code @throws BackendUnusable with a sentence, or UsageError */
  run(given: Given): Promise<number>;
}

export const print = (line: string): void => void process.stdout.write(`${line}\n`);
/** What a person may want to know, but no program reads. */
export const remark = (line: string): void => void process.stderr.write(`${line}\n`);
