/** Counts a vitest run from its JSON report. Never lets a run look better than it was: what is missing counts as a failure. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const Assertion = z.object({ status: z.string(), fullName: z.string().default(''), failureMessages: z.array(z.string()).nullish() });
const Report = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int().default(0),
  testResults: z.array(z.object({ name: z.string(), status: z.string(), assertionResults: z.array(Assertion) })),
});

export interface TestCount {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed, in words: each test with the first line of why, and what failed outside every test. */
  readonly failures: readonly string[];
}

/** @param exitCode of vitest; other than 0 without a failed test means an error outside every test */
export function countTests(reportFile: string, exitCode: number): TestCount {
  let report: z.infer<typeof Report>;
  try {
    report = Report.parse(JSON.parse(readFileSync(reportFile, 'utf8')));
  } catch {
    return { passed: 0, failed: 1, skipped: 0, failures: [`The run ended (exit ${exitCode}) without a report.`] };
  }
  const tests = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages }) => `Failed: ${path.basename(name)} > ${fullName}: ${failureMessages?.[0]?.split('\n')[0] ?? 'no reason given'}`),
  );
  const outside = report.testResults
    .filter((file) => file.status === 'failed' && !file.assertionResults.some((result) => result.status === 'failed'))
    .map((file) => `Failed outside its tests: ${file.name}`);
  if (exitCode !== 0 && report.numFailedTests + outside.length === 0) outside.push(`An error outside every test (vitest's exit code ${exitCode}).`);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + outside.length,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: [...tests, ...outside],
  };
}

export function sumOf(counts: readonly TestCount[]): TestCount {
  const sum = (of: (count: TestCount) => number) => counts.reduce((total, count) => total + of(count), 0);
  return { passed: sum(({ passed }) => passed), failed: sum(({ failed }) => failed), skipped: sum(({ skipped }) => skipped), failures: counts.flatMap(({ failures }) => failures) };
}

/** `N passed, M failed`, and the skipped ones only if there are any. */
export function lastLine(count: TestCount): string {
  return `${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ''}`;
}
