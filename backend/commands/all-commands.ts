/** The commands whose words stand in files of their own. One line each. */
import type { Command } from './command.ts';
import { integrityCommand } from './integrity-command.ts';
import { anomaliesCommand, releaseCardCommand, resolveCommand } from './staff-commands.ts';

export const ALL_COMMANDS: readonly Command[] = [integrityCommand, anomaliesCommand, resolveCommand, releaseCardCommand];
