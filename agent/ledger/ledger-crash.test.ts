import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { checkChain } from '../../contract/journal-hash.ts';
import { accountOf, entitlementOf, openOrThrow, temporaryLedger, TOWN_DEVICE } from '../test-support/ledger-town.ts';
import { createSeededRandomness } from '../test-support/seeded-randomness.ts';
import { auditLedger } from './ledger-audit.ts';

const KILLS = 20;
const PROGRAM = path.join(import.meta.dirname, '../test-support/commit-until-killed.ts');

describe('a process that is killed while it commits', () => {
  it(`loses nothing it had acknowledged and doubles nothing, ${KILLS} times over`, async () => {
    const place = temporaryLedger();
    const randomness = createSeededRandomness(20);
    const acknowledged = new Set<string>();
    let nextPerson = 0;
    try {
      for (let kill = 0; kill < KILLS; kill += 1) {
        const [target = 0, delay = 0] = randomness.bytes(2);
        for (const { operation, person } of await killWhileCommitting(place.file, nextPerson, 1 + (target % 40), delay % 4)) {
          acknowledged.add(operation);
          nextPerson = person + 1;
        }
        const ledger = openOrThrow(place.file);
        const chain = checkChain(TOWN_DEVICE, ledger.entriesAfter(0, 100_000));
        if (!chain.ok) throw new Error(`the chain is broken at ${chain.fault.seq}`);
        const committed = chain.bodies.flatMap(({ fact }) => (fact.type === 'value-moved' ? [fact.movement] : []));
        const operations = new Set<string>(committed.map(({ operationId }) => operationId));
        expect([...acknowledged].filter((operation) => !operations.has(operation))).toEqual([]);
        expect(operations.size).toBe(committed.length);
        // At most the one commit that was under way may be there without having been acknowledged.
        expect(committed.length - acknowledged.size).toBeLessThanOrEqual(kill + 1);
        for (const { operationId } of ledger.openIntents()) ledger.abort(operationId);
        for (let person = 0; person < nextPerson; person += 1) {
          expect(ledger.lotsOf(accountOf(person)).reduce((sum, { amount }) => sum + amount, 0)).toBe(entitlementOf(person).amount);
        }
        // The kill may have come between a commit and its acknowledgement.
        while (ledger.lotsOf(accountOf(nextPerson)).length > 0) nextPerson += 1;
        ledger.close();
        expect(auditLedger(place.file).faults).toEqual([]);
      }
      expect(acknowledged.size).toBeGreaterThan(KILLS);
    } finally {
      place.remove();
    }
  }, 120_000);
});

/** Kills the process some moment after it has said `target` operations. @returns all it said */
async function killWhileCommitting(file: string, firstPerson: number, target: number, delayMs: number): Promise<Array<{ person: number; operation: string }>> {
  const child = spawn(process.execPath, [PROGRAM, file, String(firstPerson)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  const enough = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.split('\n').length > target + 1) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the process ended by itself with ${code}`)));
  });
  const closed = once(child, 'close');
  await enough;
  await wait(delayMs);
  child.kill('SIGKILL');
  await closed;
  return said
    .slice(0, said.lastIndexOf('\n'))
    .split('\n')
    .slice(1)
    .map((line) => line.split(' '))
    .map(([person, operation = '']) => ({ person: Number(person), operation }));
}
