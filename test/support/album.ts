/** Pictures of a journey, numbered in order, in out/journeys/NAME; those of the run before are thrown away. */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { ROOT } from './process.ts';

export class Album {
  readonly directory: string;
  #pictures = 0;

  constructor(journey: string) {
    this.directory = path.join(ROOT, 'out/journeys', journey);
    rmSync(this.directory, { recursive: true, force: true });
    mkdirSync(this.directory, { recursive: true });
  }

  /** Where the virtual printer's slips go. */
  get slips(): string {
    return path.join(this.directory, 'slips');
  }

  /** @param what becomes a part of the file's name */
  async picture(page: Page, what: string): Promise<void> {
    const number = String(++this.#pictures).padStart(2, '0');
    await page.screenshot({ path: path.join(this.directory, `${number}-${what}.png`), animations: 'disabled' });
  }
}
