/** The office's keyboard: files that it hands in, and commands as they are typed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseCommandLine } from '../command-line.ts';
import type { TestTown } from './test-town.ts';

export function officeDesk(town: TestTown) {
  const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-office-'));
  return {
    file(name: string, content: string): string {
      const place = path.join(directory, name);
      writeFileSync(place, content);
      return place;
    },
    /** Runs a command as it is typed. @returns its exit code */
    async run(...words: string[]): Promise<number> {
      const command = parseCommandLine([...words, '--data', town.place.dataDir, ...(town.place.databaseUrl === undefined ? [] : ['--database-url', town.place.databaseUrl])], {});
      if (command.name !== 'named') throw new Error(`"${words.join(' ')}" is not such a command`);
      return command.command.run(command.given);
    },
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
}
