/** The name of a trouble as it is sent; beside `trouble.ts`, which the window carries and which therefore needs no library. */
import { z } from 'zod';
import { TROUBLES, type TroubleName } from './trouble.ts';

export const TroubleNameSchema = z.enum(Object.keys(TROUBLES) as [TroubleName, ...TroubleName[]]);
