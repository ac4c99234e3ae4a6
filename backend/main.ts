/**
 * The backend's composition root: reads the command line, gives each command the real clock, randomness and database. Nothing else
 * reads them. Whatever goes wrong at the start is one plain sentence on standard error, never a stack trace.
 */
import { parseCommandLine, USAGE, UsageError, type Command } from './command-line.ts';
import { printBooks, printCards, printDemoTown, printDevices, printInvitation, printMigration, printOpenApi } from './commands/office-commands.ts';
import { serve } from './commands/serve.ts';
import { detailOf } from './log.ts';
import { BackendUnusable, isDiskFull } from './unusable.ts';

const EXIT_FAULT_IN_BOOKS = 1;
const EXIT_USAGE = 64;
const EXIT_UNAVAILABLE = 69;
const EXIT_SOFTWARE = 70;

/** @returns the exit code */
async function run(command: Command): Promise<number> {
  switch (command.name) {
    case 'serve':
      await serve(command);
      return 0;
    case 'seed-demo':
      await printDemoTown(command);
      return 0;
    case 'invite':
      await printInvitation(command);
      return 0;
    case 'devices':
      await printDevices(command);
      return 0;
    case 'cards':
      await printCards(command);
      return 0;
    case 'books':
      return (await printBooks(command)) ? 0 : EXIT_FAULT_IN_BOOKS;
    case 'migrate':
      await printMigration(command);
      return 0;
    case 'openapi':
      await printOpenApi();
      return 0;
    case 'named':
      return command.command.run(command.given);
    case 'help':
      process.stdout.write(`${USAGE}\n`);
      return 0;
  }
}

function explain(error: unknown): { readonly message: string; readonly exitCode: number } {
  if (error instanceof UsageError) return { message: `${error.message}\n\n${USAGE}`, exitCode: EXIT_USAGE };
  if (error instanceof BackendUnusable) return { message: error.message, exitCode: error.exitCode };
  if (isDiskFull(error)) return { message: 'There is no room left for the database. Free some disk space and start again; nothing was lost.', exitCode: EXIT_UNAVAILABLE };
  return { message: `The backend met something it did not expect: ${detailOf(error)}. Keep this message and tell the maintainers.`, exitCode: EXIT_SOFTWARE };
}

try {
  process.exitCode = await run(parseCommandLine(process.argv.slice(2), process.env));
} catch (error) {
  const { message, exitCode } = explain(error);
  process.stderr.write(`kazasu backend: ${message}\n`);
  process.exitCode = exitCode;
}
// An open channel to the starter would keep this process alive.
if (process.connected) process.disconnect();
