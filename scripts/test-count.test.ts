import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countTests, lastLine, sumOf } from './test-count.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), 'count-'))));
afterEach(() => rmSync(directory, { recursive: true }));

function report(parts: object): string {
  const file = path.join(directory, 'report.json');
  writeFileSync(file, JSON.stringify({ numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, testResults: [], ...parts }));
  return file;
}

test('a clean run says how many passed and that none failed', () => {
  expect(lastLine(countTests(report({}), 0))).toBe('3 passed, 0 failed');
});

test('several runs are one: nothing that failed in any of them is left out', () => {
  const [good, bad] = [countTests(report({ numPendingTests: 1 }), 0), countTests(path.join(directory, 'none.json'), 7)];
  expect(sumOf([good, bad])).toMatchObject({ passed: 3, failed: 1, skipped: 1, failures: ['The run ended (exit 7) without a report.'] });
});

test('skipped tests are said, so that they are not taken for passed ones', () => {
  expect(lastLine(countTests(report({ numPendingTests: 2 }), 0))).toBe('3 passed, 0 failed, 2 skipped');
});

test('a file that could not be loaded is a failure although no test of it failed', () => {
  const file = { name: 'a.test.ts', status: 'failed', assertionResults: [] };
  const count = countTests(report({ testResults: [file] }), 1);
  expect(count).toMatchObject({ passed: 3, failed: 1 });
  expect(count.failures[0]).toContain('a.test.ts');
});

test('an error outside every test is a failure', () => {
  expect(countTests(report({}), 1)).toMatchObject({ passed: 3, failed: 1 });
});

test('a failed test is counted once, not again for its file or for the exit code, and told with its reason', () => {
  const failed = { status: 'failed', fullName: 'a card is read', failureMessages: ['AssertionError: expected 1 to be 2\n    at a.test.ts:3'] };
  const file = { name: '/somewhere/a.test.ts', status: 'failed', assertionResults: [{ status: 'passed', fullName: 'a card is there' }, failed] };
  expect(countTests(report({ numFailedTests: 1, testResults: [file] }), 1)).toMatchObject({ failed: 1, failures: ['Failed: a.test.ts > a card is read: AssertionError: expected 1 to be 2'] });
});

test('a run that left no report has failed', () => {
  expect(lastLine(countTests(path.join(directory, 'none.json'), 137))).toBe('0 passed, 1 failed');
});
