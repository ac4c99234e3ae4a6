/** What a bench says: rows with a value and the floor it is measured against, on the screen and in out/bench.json. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import path from 'node:path';

export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The peer or limit, measured in the same run. */
  readonly floor: number;
  readonly note: string;
}

/** The smallest value that `share` of the samples do not exceed. @throws when there are none */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('There is nothing to take a percentile of');
  return value;
}
export const p95 = (samples: readonly number[]): number => percentile(samples, 0.95);
export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

export function machine() {
  return {
    platform: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    processors: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    loadBefore: loadavg()[0] ?? 0,
  };
}

/** Three significant digits; a count stays whole. */
export function rounded(value: number): number {
  if (Number.isInteger(value)) return value;
  return Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(3));
}

export function writeReport(file: string, about: ReturnType<typeof machine>, rows: readonly Row[]): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const written = rows.map(({ name, value, unit, floor, note }) => ({ name, value: rounded(value), unit, floor: rounded(floor), ratio: rounded(value / floor), note }));
  writeFileSync(file, `${JSON.stringify({ machine: about, rows: written }, null, 2)}\n`);
}

export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ name, value, unit, floor }) => [name, String(rounded(value)), unit, String(rounded(floor)), String(rounded(value / floor))]);
  const head = ['name', 'value', 'unit', 'floor', 'ratio'];
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, column) => (column === 0 || column === 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ');
  return [line(head), ...cells.flatMap((row, index) => [line(row), `    ${rows[index]?.note ?? ''}`])].join('\n');
}
