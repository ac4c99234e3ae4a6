/** The commands whose words stand in files of their own. One line each. */
import { backupCommand, restoreCommand } from './backup-commands.ts';
import { clerkPageCommand, deviceKeysCommand } from './clerk-commands.ts';
import type { Command } from './command.ts';
import { leasesCommand, quarantineCommand, revokeCommand, writeOffCommand } from './device-commands.ts';
import { exportCommand } from './export-command.ts';
import { integrityCommand } from './integrity-command.ts';
import { LINK_COMMANDS } from './link-commands.ts';
import { endNoticeCommand, listNoticesCommand, putNoticesCommand, surveysCommand } from './notice-commands.ts';
import { endProcedureCommand, listProceduresCommand, putAreasCommand, putFeesCommand, putProcedureCommand } from './procedure-commands.ts';
import { boughtElsewhereCommand, eligibleCommand, grantCommand, listSchemesCommand, lotteryCommand, putSchemeCommand, withdrawCommand } from './office-lists-commands.ts';
import { platformCommand } from './platform-command.ts';
import { eraseRequestsCommand, listRequestsCommand, markRequestCommand, openRequestCommand } from './request-commands.ts';
import { SIGN_IN_COMMANDS } from './sign-in-commands.ts';
import { anomaliesCommand, releaseCardCommand, resolveCommand } from './staff-commands.ts';
import { expireCommand, replaceAccountCommand } from './value-commands.ts';

export const ALL_COMMANDS: readonly Command[] = [] = [revokeCommand, leasesCommand, writeOffCommand, quarantineCommand, integrityCommand, exportCommand, anomaliesCommand, resolveCommand, releaseCardCommand, backupCommand, restoreCommand, expireCommand, replaceAccountCommand, putSchemeCommand, listSchemesCommand, grantCommand, withdrawCommand, eligibleCommand, lotteryCommand, boughtElsewhereCommand, putProcedureCommand, endProcedureCommand, listProceduresCommand, putFeesCommand, putAreasCommand, putNoticesCommand, listNoticesCommand, endNoticeCommand, surveysCommand, listRequestsCommand, openRequestCommand, markRequestCommand, eraseRequestsCommand, clerkPageCommand, deviceKeysCommand, platformCommand, ...SIGN_IN_COMMANDS, ...LINK_COMMANDS];
