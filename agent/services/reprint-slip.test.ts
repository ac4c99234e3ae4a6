import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StaffId } from '../../contract/ids.ts';
import { JournalBody } from '../../contract/journal.ts';
import { createSlipCopies } from '../keys/slip-copies.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { EXAMPLE_FRAME } from '../printing/slip-examples.ts';
import type { SlipContent } from '../printing/slip-markup.ts';
import { accountOf, NOW, openOrThrow, temporaryLedger } from '../test-support/ledger-town.ts';
import { createManualClock, type ManualClock } from '../test-support/manual-clock.ts';
import { createRecordedLog } from '../test-support/recorded-log.ts';
import { ScriptedPrinter } from '../test-support/scripted-printer.ts';
import { createSeededRandomness } from '../test-support/seeded-randomness.ts';
import { COPY_KEPT_MS, eraseOldCopies, issueSlip } from './issue-slip.ts';
import { reprintSlip } from './reprint-slip.ts';

const STAFF = StaffId.parse('madoguchi-1');
const NAME = '応援券の名前';
const CONTENT: Extract<SlipContent, { kind: 'balance' }> = { kind: 'balance', asOf: null, pockets: [{ name: NAME, unit: 'yen', amount: 5_000, ends: [], usableAt: '町内', contact: '役場' }] };

describe('a slip that staff have printed again', () => {
  const place = temporaryLedger();
  const { privateKey } = generateKeyPairSync('x25519');
  const randomness = createSeededRandomness(9);
  const log = createRecordedLog();
  let slipCopies = createSlipCopies(privateKey);
  let ledger: Ledger;
  let clock: ManualClock;
  let printer: ScriptedPrinter;

  beforeEach(() => {
    slipCopies = createSlipCopies(privateKey);
    ledger = openOrThrow(place.file);
    clock = createManualClock(Date.parse(NOW));
    printer = new ScriptedPrinter();
  });
  afterEach(() => {
    ledger.close();
    place.remove();
  });

  const ports = () => ({ ledger, printer, clock, randomness, log, slipCopies });
  const issue = () => issueSlip({ content: CONTENT, subject: { accountId: accountOf(0) }, frame: (slipNumber) => ({ ...EXAMPLE_FRAME, slipNumber }) }, ports());
  const facts = () => ledger.entriesAfter(0, 100).map(({ body }) => JournalBody.parse(JSON.parse(body)).fact);
  const onDisk = () => readdirSync(place.directory).map((name) => readFileSync(path.join(place.directory, name), 'latin1')).join('');

  it('has its number, says 再発行, the how manieth and when it was first; the journal says who wanted it', async () => {
    printer.nextOutcome = { kind: 'failed', why: 'paper-out', partial: true };
    expect(await issue()).toEqual({ kind: 'trouble', trouble: 'printer-paper-out' });
    await clock.advance(600_000);
    for (const reprint of [1, 2]) expect(await reprintSlip({ staff: STAFF }, ports())).toEqual({ kind: 'printed', weakProof: false, slipNumber: 1, reprint });
    expect(printer.printed.map(({ markup }) => /再発行 \d回目/.exec(markup)?.[0])).toEqual(['再発行 1回目', '再発行 2回目']);
    for (const { markup } of printer.printed) {
      expect(markup).toContain('役場1\\x2d0001');
      expect(markup).toContain('10時05分');
      expect(markup).toContain('10時15分');
      expect(markup).toContain(NAME);
    }
    expect(facts()).toMatchObject([{ outcome: 'failed' }, { outcome: 'printed', reprint: { number: 1, staff: STAFF } }, { outcome: 'printed', reprint: { number: 2, staff: STAFF } }]);
    expect(ledger.printJobsOf(1).map(({ state }) => state)).toEqual(['failed', 'printed', 'printed']);
    // What is left of one print proves no other.
    expect(new Set(printer.printed.map(({ marker }) => marker)).size).toBe(2);
  });

  it('is not in the clear on the disk, and after two hours not there at all', async () => {
    await issue();
    const sealed = ledger.slipCopy(1) ?? '';
    expect(onDisk()).toContain(sealed.slice(40, 100));
    expect(onDisk()).not.toContain(Buffer.from(NAME).toString('latin1'));
    await clock.advance(COPY_KEPT_MS);
    eraseOldCopies(ports());
    expect(await reprintSlip({ slipNumber: 1, staff: STAFF }, ports())).toMatchObject({ kind: 'printed' });
    await clock.advance(1);
    eraseOldCopies(ports());
    expect(await reprintSlip({ slipNumber: 1, staff: STAFF }, ports())).toEqual({ kind: 'too-late' });
    expect(onDisk()).not.toContain(sealed.slice(40, 100));
  });

  it('is printed once for two who ask at the same moment', async () => {
    await issue();
    printer.hold();
    const both = [reprintSlip({ staff: STAFF }, ports()), reprintSlip({ staff: STAFF }, ports())];
    expect(await Promise.race(both)).toEqual({ kind: 'busy' });
    printer.release();
    expect((await Promise.all(both)).map(({ kind }) => kind).toSorted()).toEqual(['busy', 'printed']);
  });

  it('does not lie here for years because the clock was wrong when it was printed', async () => {
    clock.setNow(Date.parse('2036-11-21T01:05:00.000Z'));
    await issue();
    clock.setNow(Date.parse(NOW));
    eraseOldCopies(ports());
    expect(ledger.slipCopy(1)).toBeUndefined();
  });

  it('is printed by the device that has it, once it is settled', async () => {
    expect(await reprintSlip({ staff: STAFF }, ports())).toEqual({ kind: 'unknown-slip' });
    printer.hold();
    const issued = issue();
    await clock.advance(0);
    while (printer.jobs === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await reprintSlip({ staff: STAFF }, ports())).toEqual({ kind: 'busy' });
    printer.release();
    await issued;
    expect(await reprintSlip({ slipNumber: 2, staff: STAFF }, ports())).toEqual({ kind: 'unknown-slip' });
    slipCopies = createSlipCopies(generateKeyPairSync('x25519').privateKey);
    expect(await reprintSlip({ staff: STAFF }, ports())).toEqual({ kind: 'too-late' });
    expect(printer.jobs).toBe(1);
  });
});
