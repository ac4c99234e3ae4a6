/**
 * What opens a virtual My Number card: its PINs, its password and the two printed numbers, each with its remaining tries. A counter is
 * kept through power cycles, as in the chip, and comes back only with the right value.
 */
import type { Holder } from './holder.ts';

export const SECRET_NAMES = [
  /** 利用者証明用電子証明書の暗証番号 (JPKI EF 0018). */
  'authentication-pin',
  /** 署名用電子証明書の暗証番号 (JPKI EF 001B). */
  'signature-password',
  /** 券面事項入力補助用暗証番号 (EF 0011). */
  'text-pin',
  /** 照合番号A: the number itself (券面事項入力補助 EF 0014). */
  'text-number-a',
  /** 照合番号B (券面事項入力補助 EF 0015). */
  'text-number-b',
  /** Birth date in the era's years, for the age record (券面 EF 0011). */
  'surface-birth',
  /** 照合番号B (券面 EF 0012). */
  'surface-number-b',
  /** 照合番号A (券面 EF 0013). */
  'surface-number-a',
  /** 住基 EF 001C. */
  'register-pin',
  /** 共通 EF 001C. */
  'common-pin',
  /** 券面事項入力補助 EF 0012: shipped blocked; nobody knows a value. */
  'blocked-from-factory',
] as const;
export type SecretName = (typeof SECRET_NAMES)[number];

interface SecretState {
  /** ASCII, as VERIFY sends it. */
  readonly value: string;
  readonly triesLeft: number;
}
/** What the chip remembers without power; plain JSON. */
export type SecretsState = Readonly<Record<SecretName, SecretState>>;

/** What a newcomer types at the demo; the same on every virtual card, and each different, so that a mix-up is seen. */
export const TEST_SECRETS = { 'authentication-pin': '1234', 'signature-password': 'KAZASU1', 'text-pin': '5678', 'register-pin': '9012', 'common-pin': '3456' } as const;

/** How often a wrong value may be tried. For the printed numbers the sources disagree between 10 and 3. */
export function mostTries(name: SecretName, printedNumberTries: 10 | 3): number {
  switch (name) {
    case 'signature-password':
      return 5;
    case 'text-number-a':
    case 'text-number-b':
    case 'surface-birth':
    case 'surface-number-a':
    case 'surface-number-b':
      return printedNumberTries;
    case 'authentication-pin':
    case 'text-pin':
    case 'register-pin':
    case 'common-pin':
    case 'blocked-from-factory':
      return 3;
  }
}

export class Secrets {
  readonly #printedNumberTries: 10 | 3;
  #state: Record<SecretName, SecretState>;

  constructor(holder: Holder, printedNumberTries: 10 | 3, state?: SecretsState) {
    this.#printedNumberTries = printedNumberTries;
    const fresh = (name: SecretName, value: string): SecretState => ({ value, triesLeft: mostTries(name, printedNumberTries) });
    const printed = { a: holder.number, b: holder.printedNumber, birth: holder.printedNumber.slice(0, 6) };
    this.#state = state ? { ...state } : {
      'authentication-pin': fresh('authentication-pin', TEST_SECRETS['authentication-pin']),
      'signature-password': fresh('signature-password', TEST_SECRETS['signature-password']),
      'text-pin': fresh('text-pin', TEST_SECRETS['text-pin']),
      'text-number-a': fresh('text-number-a', printed.a),
      'text-number-b': fresh('text-number-b', printed.b),
      'surface-birth': fresh('surface-birth', printed.birth),
      'surface-number-b': fresh('surface-number-b', printed.b),
      'surface-number-a': fresh('surface-number-a', printed.a),
      'register-pin': fresh('register-pin', TEST_SECRETS['register-pin']),
      'common-pin': fresh('common-pin', TEST_SECRETS['common-pin']),
      'blocked-from-factory': { value: '', triesLeft: 0 },
    };
  }

  get state(): SecretsState {
    return { ...this.#state };
  }

  triesLeft(name: SecretName): number {
    return this.#state[name].triesLeft;
  }

  /** A wrong value costs a try; the right one gives all of them back. @returns `blocked` when no try was left, before looking at the value */
  verify(name: SecretName, value: string): 'right' | 'wrong' | 'blocked' {
    const secret = this.#state[name];
    if (secret.triesLeft === 0) return 'blocked';
    const right = secret.value === value;
    this.#state[name] = { ...secret, triesLeft: right ? mostTries(name, this.#printedNumberTries) : secret.triesLeft - 1 };
    return right ? 'right' : 'wrong';
  }

  /** @returns false when the new value is not one this secret may have; nothing is changed then */
  change(name: SecretName, value: string): boolean {
    if (!mayBe(name, value)) return false;
    this.#state[name] = { ...this.#state[name], value };
    return true;
  }
}

function mayBe(name: SecretName, value: string): boolean {
  switch (name) {
    case 'signature-password':
      return /^(?=.*[A-Z])(?=.*[0-9])[A-Z0-9]{6,16}$/.test(value);
    case 'authentication-pin':
    case 'text-pin':
    case 'register-pin':
    case 'common-pin':
      return /^[0-9]{4}$/.test(value);
    case 'text-number-a':
    case 'text-number-b':
    case 'surface-birth':
    case 'surface-number-a':
    case 'surface-number-b':
    case 'blocked-from-factory':
      return false;
  }
}
