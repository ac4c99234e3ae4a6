/**
 * What a person entered to open the card: bytes that can be used once and are zeroed after. The only form in which a PIN exists in the
 * agent. Must never be turned into a string, stored, logged or shown.
 */
import { isDate } from './calendar-date.ts';

/** One human entry. It is sent at most once, whatever becomes of it. */
export class PinEntry {
  #digits: Uint8Array | undefined;

  /** @param digits ASCII digits. They belong to the entry from now on: the caller keeps nothing. */
  constructor(digits: Uint8Array) {
    this.#digits = digits;
  }

  /**
   * Gives the bytes once; they are zeroed when `work` has ended, however it ended.
   * @throws Error when they were taken before: nothing may send one entry twice
   */
  async take<T>(work: (digits: Uint8Array) => Promise<T>): Promise<T> {
    const digits = this.#digits;
    if (!digits) throw new Error('This entry was used already');
    this.#digits = undefined;
    try {
      return await work(digits);
    } finally {
      digits.fill(0);
    }
  }

  /** Zeroes the bytes unused. */
  discard(): void {
    this.#digits?.fill(0);
    this.#digits = undefined;
  }
}

/** Three things that are printed on the card. */
export interface PrintedValues {
  /** Date of birth, `YYYY-MM-DD`. */
  readonly birthDate: string;
  /** The year in which the card expires. */
  readonly expiryYear: number;
  /** セキュリティコード, four digits. */
  readonly securityCode: string;
}

export type PrintedValuesEntry =
  | { readonly kind: 'entry'; readonly entry: PinEntry }
  | { readonly kind: 'not-possible'; readonly which: keyof PrintedValues };

/** First day of each era and the year before its year 1. */
const ERAS = [
  { from: '2019-05-01', before: 2018 },
  { from: '1989-01-08', before: 1988 },
  { from: '1926-12-25', before: 1925 },
  { from: '1912-07-30', before: 1911 },
  { from: '1868-01-25', before: 1867 },
] as const;

/**
 * 照合番号B, 14 digits: date of birth as era year, month, day (two digits each, *no* letter for the era), year of expiry, security code.
 * Measured on a test card: 1980-02-17, 2035, 2285 is 55021720352285.
 */
export function verificationNumberB({ birthDate, expiryYear, securityCode }: PrintedValues): PrintedValuesEntry {
  const era = ERAS.find(({ from }) => birthDate >= from);
  if (!era || !isDate(birthDate)) return { kind: 'not-possible', which: 'birthDate' };
  if (!Number.isInteger(expiryYear) || expiryYear < 2016 || expiryYear > 9999) return { kind: 'not-possible', which: 'expiryYear' };
  if (!/^[0-9]{4}$/.test(securityCode)) return { kind: 'not-possible', which: 'securityCode' };
  const eraYear = Number(birthDate.slice(0, 4)) - era.before;
  const text = `${String(eraYear).padStart(2, '0')}${birthDate.slice(5, 7)}${birthDate.slice(8, 10)}${expiryYear}${securityCode}`;
  return { kind: 'entry', entry: new PinEntry(Uint8Array.from(Buffer.from(text, 'ascii'))) };
}
