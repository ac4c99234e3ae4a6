import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KioskSnapshot, Press, Screen } from '../../contract/kiosk.ts';
import { fixtureNamed } from '../gallery/fixtures.ts';
import { Connection, DEFERRED_CALL_MS_MAX, PATIENCE_MS, waitingCallIn, type Line } from './connection.ts';

/** A line the test holds the other end of. */
class HeldLine implements Line {
  calls = 0;
  dead = false;
  readonly chosen: Array<{ screenId: number; press: Press }> = [];
  private listener: Parameters<Line['listen']>[0] | undefined;
  listen(listener: Parameters<Line['listen']>[0]): () => void {
    this.calls += 1;
    this.listener = listener;
    if (this.dead) queueMicrotask(() => listener.broken());
    return () => {
      if (this.listener === listener) this.listener = undefined;
    };
  }
  choose(screenId: number, press: Press): Promise<'taken'> {
    this.chosen.push({ screenId, press });
    return Promise.resolve('taken');
  }
  push(snapshot: KioskSnapshot): void {
    this.listener?.snapshot(snapshot);
  }
  breakOff(): void {
    this.listener?.broken();
  }
}

const snapshot = (name: string, revision: number, screenId = revision): KioskSnapshot => ({ ...fixtureNamed(name), revision, screenId });

describe('the line to the agent', () => {
  let line: HeldLine;
  let connection: Connection;
  const screen = (): Screen => connection.current().snapshot.screen;

  beforeEach(() => {
    vi.useFakeTimers();
    line = new HeldLine();
    connection = new Connection(line);
    connection.start();
  });
  afterEach(() => {
    connection.stop();
    vi.useRealTimers();
  });

  it('shows that it is getting ready until the first snapshot', () => {
    expect(screen().name).toBe('starting');
    line.push(snapshot('start', 1));
    expect(connection.current()).toMatchObject({ live: true, snapshot: { screen: { name: 'start' } } });
  });

  it('never shows an older snapshot over a newer one', () => {
    line.push(snapshot('balance-three', 5));
    line.push(snapshot('start', 4));
    expect(screen().name).toBe('balance');
  });

  it('believes a new stream from the first word, whatever its revision', () => {
    line.push(snapshot('balance-three', 50));
    line.breakOff();
    vi.advanceTimersByTime(300);
    line.push(snapshot('start', 1));
    expect(connection.current()).toMatchObject({ live: true, snapshot: { screen: { name: 'start' } } });
  });

  it('can be pressed no more at once, and says so after a moment, without keeping what was on the screen', async () => {
    line.push(snapshot('balance-three', 1));
    line.breakOff();
    expect(connection.current().live).toBe(false);
    expect(screen().name).toBe('balance');
    expect(await connection.choose(1, { choice: 'receive' })).toBe('ignored');
    vi.advanceTimersByTime(PATIENCE_MS);
    expect(screen()).toEqual({ name: 'out-of-service', trouble: 'agent-unreachable', number: 501, interrupted: true });
    expect(JSON.stringify(connection.current())).not.toContain('8500');
    expect(line.chosen).toEqual([]);
  });

  it('does not frighten anybody on the start screen', () => {
    line.push(snapshot('start', 1));
    line.breakOff();
    vi.advanceTimersByTime(PATIENCE_MS);
    expect(screen()).toMatchObject({ name: 'out-of-service', interrupted: false });
  });

  it('keeps dialling while nobody answers, about once a second', async () => {
    line.push(snapshot('start', 1));
    line.dead = true;
    line.breakOff();
    const before = line.calls;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(line.calls - before).toBeGreaterThanOrEqual(9);
    expect(line.calls - before).toBeLessThanOrEqual(12);
    line.dead = false;
    await vi.advanceTimersByTimeAsync(1_000);
    line.push(snapshot('start', 1));
    expect(connection.current().live).toBe(true);
  });

  it('gives a slow agent time to speak, and gives up a silent line', () => {
    vi.advanceTimersByTime(4_900);
    expect(line.calls).toBe(1);
    vi.advanceTimersByTime(200);
    expect(line.calls).toBe(2);
  });

  it('does not dial again once it hears the agent', () => {
    line.push(snapshot('start', 1));
    vi.advanceTimersByTime(60_000);
    expect(line.calls).toBe(1);
  });

  it('delivers a call for staff that was made while the agent was away', async () => {
    line.push(snapshot('start', 1));
    line.breakOff();
    vi.advanceTimersByTime(PATIENCE_MS);
    expect(await connection.choose(1, { choice: 'call-staff' })).toBe('deferred');
    expect(connection.current().callDeferred).toBe(true);
    vi.advanceTimersByTime(1_000);
    line.push(snapshot('start', 1, 7));
    expect(line.chosen).toEqual([{ screenId: 7, press: { choice: 'call-staff' } }]);
    expect(connection.current().callDeferred).toBe(false);
  });

  it('delivers it also when the page was loaded anew meanwhile, once', async () => {
    const kept = new Map<string, string>();
    const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) };
    for (const delivered of [1, 0]) {
      const [before, after] = [new HeldLine(), new HeldLine()];
      const old = new Connection(before, waitingCallIn(storage));
      old.start();
      if (delivered === 1) await old.choose(1, { choice: 'call-staff' });
      old.stop();
      const anew = new Connection(after, waitingCallIn(storage));
      expect(anew.current().callDeferred).toBe(delivered === 1);
      anew.start();
      after.push(snapshot('start', 1, 7));
      expect(after.chosen).toHaveLength(delivered);
      anew.stop();
    }
    expect(kept.size).toBe(0);
  });

  it('does not call staff for somebody who has long left', async () => {
    line.push(snapshot('start', 1));
    line.breakOff();
    vi.advanceTimersByTime(PATIENCE_MS);
    await connection.choose(1, { choice: 'call-staff' });
    vi.advanceTimersByTime(DEFERRED_CALL_MS_MAX + 1_000);
    line.push(snapshot('start', 1, 7));
    expect(line.chosen).toEqual([]);
  });
});
