/** Torn cards through the real pcscd: a few of the cases of the tearing tier, with the same kiosks and the same judgement. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CardReader } from '../../hardware/reader/card-reader.ts';
import { createPcscCardReader } from '../../hardware/reader/pcsc-card-reader.ts';
import type { Tear } from '../../hardware/simulator/direct-reader.ts';
import { PrivatePcscd } from '../../hardware/simulator/private-pcscd.ts';
import type { VirtualCard } from '../../hardware/simulator/virtual-card.ts';
import { VirtualReader, type VirtualReaderFault } from '../../hardware/simulator/virtual-reader.ts';
import { runCase, runUndisturbed } from './tearing/run-case.ts';
import { caseOfName } from './tearing/tearing-case.ts';
import { TearingWorld } from './tearing/tearing-world.ts';
import { readerWith, untilPowerCut, type CaseReader, type CommandThread, type Present } from './tearing/torn-reader.ts';

const FAULT_OF: Readonly<Record<Tear, VirtualReaderFault>> = {
  'command-lost': 'lost-command',
  'answer-lost': 'lost-answer',
  'answer-garbled': 'garbled-answer',
};
const COMMIT = 0xc7;
/** The commands of a load and of a spending on a card that this kiosk has seen before: the last is the commit. */
const COMMIT_AT = 12;

let pcscd: PrivatePcscd;
let virtual: VirtualReader;
let reader: CardReader;
let world: TearingWorld;

beforeAll(async () => {
  pcscd = new PrivatePcscd();
  await pcscd.start();
  virtual = new VirtualReader();
  reader = createPcscCardReader({ allow: () => true });
  world = await TearingWorld.open({ readerFor: (thread) => new PcscCaseReader(thread) });
});
afterAll(async () => {
  world.close();
  virtual.remove();
  await reader.close();
  await pcscd.close();
});

class PcscCaseReader implements CaseReader {
  readonly #thread: CommandThread;

  constructor(thread: CommandThread) {
    this.#thread = thread;
  }

  remove(): void {
    virtual.remove();
  }

  async during<Result>(card: VirtualCard, work: (reader: CardReader, presence: Present) => Promise<Result>): Promise<Result | 'power-cut'> {
    await changedTo(() => reader.presence().kind === 'none');
    virtual.insert(card);
    const presence = await changedTo(() => {
      const now = reader.presence();
      return now.kind === 'present' && now;
    });
    const torn = readerWith(reader, (generation, command) => {
      const tear = this.#thread.next(card, Uint8Array.from(command));
      if (tear) virtual.faults.failNext(FAULT_OF[tear]);
      return reader.transmit(generation, command);
    });
    return untilPowerCut(torn, this.#thread, (mortal) => work(mortal, presence));
  }
}

/** Waits until the reader says so. */
function changedTo<Value>(condition: () => Value | false): Promise<Value> {
  return new Promise((resolve) => {
    const look = (): void => {
      const value = condition();
      if (value === false) return;
      stop();
      resolve(value);
    };
    const stop = reader.onChange(look);
    look();
  });
}

test.each(['desfire-load-fresh', 'desfire-spend-wrapped'])('%s takes the same commands through pcscd as without it, the last of them the commit', async (subject) => {
  virtual.commands.length = 0;
  const undisturbed = await runUndisturbed(world, subject);
  expect(undisturbed.faults).toEqual([]);
  expect(undisturbed.operationCommands).toBe(COMMIT_AT + 1);
  expect(virtual.commands[COMMIT_AT]?.[1]).toBe(COMMIT);
});

test.each([
  'desfire-load-fresh/same-kiosk/12-command-lost/undisturbed',
  'desfire-load-fresh/same-kiosk/12-answer-lost/undisturbed',
  'desfire-load-fresh/same-kiosk/12-answer-garbled/undisturbed',
  'desfire-load-fresh/same-kiosk/12-answer-garbled/15-answer-lost',
  'desfire-load-new-pocket-full/restarted-kiosk/12-answer-lost/17-command-lost',
  'desfire-load-wrapped/power-cut/12-answer-lost/16-answer-lost',
  'desfire-load-wrapped/power-cut/11-command-lost/18-answer-garbled',
  'desfire-load-fresh/other-kiosk/12-answer-lost/17-answer-lost',
  'desfire-load-full/other-kiosk-first/12-command-lost/undisturbed',
  'desfire-spend-wrapped/other-card/12-answer-lost/20-command-lost',
  'desfire-exchange-full/same-kiosk/14-answer-lost/19-answer-garbled',
  'desfire-spend-fresh/offline-kept-keys/12-answer-garbled/undisturbed',
  'desfire-spend-fresh/offline-no-keys/12-answer-lost/15-answer-lost',
])('%s ends as it must', async (name) => {
  const named = caseOfName(name);
  if (!named) throw new Error(`${name} is no case`);
  virtual.commands.length = 0;
  const { faults, commands } = await runCase(world, named);
  expect(faults).toEqual([]);
  // The tears were there to happen, none is left over, and the card itself got no more than one commit.
  expect(commands).toBeGreaterThan(named.second?.command ?? named.first.command);
  expect(virtual.faults.list()).toEqual([]);
  expect(virtual.commands.filter(([instructionClass, instruction]) => instructionClass === 0x90 && instruction === COMMIT).length).toBeLessThanOrEqual(1);
});
