/** What each line of the office's lists may hold. Amounts and days are the contract's. */
import { z } from 'zod';
import { SchemeId } from '../../contract/ids.ts';
import { LocalDate } from '../../contract/time.ts';
import { Amount, LotKind } from '../../contract/value.ts';
import { Holder } from './named-accounts.ts';

const wholeNumber = z.string().regex(/^\d{1,10}$/, '数字だけで書いてください。 digits only').transform(Number);
const yesNo = z.enum(['yes', 'no']).transform((word) => word === 'yes');
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/, '英数字と . _ / - で64字まで。 letters, digits and . _ / -, at most 64');

export const GRANT_COLUMNS = ['key', 'holder', 'scheme', 'amount', 'kind', 'firstDay', 'lastDay'] as const;
export const GrantLine = z.object({ key: name, holder: Holder, scheme: SchemeId, amount: wholeNumber.pipe(Amount), kind: LotKind, firstDay: LocalDate, lastDay: LocalDate });

export const ELIGIBLE_COLUMNS = ['holder', 'eligible'] as const;
export const EligibleLine = z.object({ holder: Holder, eligible: yesNo });

export const LOTTERY_COLUMNS = ['holder', 'sets'] as const;
export const LotteryLine = z.object({ holder: Holder, sets: wholeNumber.pipe(z.int().min(0).max(10_000)) });

export const ELSEWHERE_COLUMNS = ['reference', 'holder', 'medium', 'sets'] as const;
export const ElsewhereLine = z.object({ reference: name, holder: Holder, medium: z.enum(['app', 'paper']), sets: wholeNumber.pipe(z.int().min(1).max(10_000)) });
