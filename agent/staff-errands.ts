/**
 * How a command of staff reaches the kiosk that runs: only the process that has the ledger open can do it. The command puts a request into the data
 * directory; the kiosk looks for it, does it once, and puts the answer beside it.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import type { Log } from './log/log.ts';
import type { Clock } from './ports.ts';

const LOOK_EVERY_MS = 2_000;
const ANSWER_LOOK_EVERY_MS = 200;
const ANSWER_WITHIN_MS = 60_000;

export interface Errand<Request, Answer> {
  /** Begins the names of its two files. */
  readonly name: string;
  readonly request: z.ZodType<Request>;
  readonly answer: z.ZodType<Answer>;
}

export const requestPath = (dataDir: string, { name }: Pick<Errand<never, never>, 'name'>): string => path.join(dataDir, `${name}-request.json`);
export const answerPath = (dataDir: string, { name }: Pick<Errand<never, never>, 'name'>): string => path.join(dataDir, `${name}-answer.json`);

/** @returns undefined when the kiosk does not answer; the request is then taken back */
export async function askKiosk<Request, Answer>(dataDir: string, errand: Errand<Request, Answer>, request: Request, clock: Clock): Promise<Answer | undefined> {
  rmSync(answerPath(dataDir, errand), { force: true });
  writeWhole(requestPath(dataDir, errand), request);
  for (const end = clock.monotonic() + ANSWER_WITHIN_MS; clock.monotonic() < end; ) {
    const answer = readJson(answerPath(dataDir, errand), errand.answer);
    if (answer !== undefined) return answer;
    await new Promise<void>((resolve) => clock.after(ANSWER_LOOK_EVERY_MS, resolve));
  }
  rmSync(requestPath(dataDir, errand), { force: true });
  return undefined;
}

/** Does what is asked, one thing after another, until it is told to stop. @returns a function that stops it */
export function serveErrand<Request, Answer>(
  { dataDir, clock, log }: { readonly dataDir: string; readonly clock: Clock; readonly log: Log },
  errand: Errand<Request, Answer>,
  serve: (request: Request) => Answer | Promise<Answer>,
): () => void {
  let stopped = false;
  let cancel = clock.after(LOOK_EVERY_MS, begin);
  function begin(): void {
    void look().then(() => {
      if (!stopped) cancel = clock.after(LOOK_EVERY_MS, begin);
    });
  }
  async function look(): Promise<void> {
    try {
      const request = readJson(requestPath(dataDir, errand), errand.request);
      if (request === undefined) return;
      // Before it is done: whatever happens then, it is not done twice.
      rmSync(requestPath(dataDir, errand), { force: true });
      writeWhole(answerPath(dataDir, errand), await serve(request));
    } catch (error) {
      // The answer could not be written; whoever asked hears that none came.
      log.event('unexpected-error', { where: errand.name, detail: String(error).slice(0, 400) });
    }
  }
  return () => {
    stopped = true;
    cancel();
  };
}

/** Read by another process: there whole or not at all. */
function writeWhole(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(value), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function readJson<T>(file: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
