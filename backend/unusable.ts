/** Why the backend cannot run, as a sentence for the person who started it. Never carries a password, a key or anything about a person. */

/** `configuration`: somebody must change something (EX_CONFIG). `unavailable`: it may work later (EX_UNAVAILABLE). */
const EXIT_CODES = { configuration: 78, unavailable: 69 } as const;

export class BackendUnusable extends Error {
  readonly kind: keyof typeof EXIT_CODES;

  /** @param message what is wrong and what to do, in plain sentences */
  constructor(kind: keyof typeof EXIT_CODES, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BackendUnusable';
    this.kind = kind;
  }

  get exitCode(): number {
    return EXIT_CODES[this.kind];
  }
}

/** The code of a system or database error (`ENOSPC`, `SQLITE_FULL`, `53100`), or an empty text. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** True when the disk (or the place the database may use) is full: SQLite, PostgreSQL or the system itself. */
export function isDiskFull(error: unknown): boolean {
  return ['SQLITE_FULL', 'ENOSPC', 'EDQUOT', '53100'].includes(errorCode(error));
}
