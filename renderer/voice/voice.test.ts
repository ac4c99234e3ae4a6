import { describe, expect, it, vi } from 'vitest';
import { fixtureNamed } from '../gallery/fixtures.ts';
import type { Engine } from './engine.ts';
import type { SpeakerKind } from './speaker.ts';
import { Voice, type VoiceWish } from './voice.ts';

/** An engine that says nothing and writes down what it would. */
class HeldEngine implements Engine {
  readonly heard: string[] = [];
  kind: SpeakerKind = 'system';
  end: () => void = () => undefined;
  async say({ screen }: VoiceWish['snapshot'], form: string, { pace, volume }: { pace: string; volume: number }): Promise<SpeakerKind> {
    this.heard.push(`${screen.name} ${form} ${pace} ${volume}`);
    if (this.kind !== 'silent') {
      await new Promise<void>((resolve) => {
        this.end = resolve;
      });
    }
    return this.kind;
  }
  stop(): void {
    this.heard.push('stop');
    this.end();
  }
}

const wish = (name: string, screenId: number, changes: Partial<VoiceWish> = {}): VoiceWish => ({
  snapshot: { ...fixtureNamed(name), screenId },
  form: 'ja',
  voice: 'normal',
  volume: 2,
  ...changes,
});
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const OFF = { voice: 'off' } as const;

function set(): { voice: Voice; engine: HeldEngine; load: () => Promise<Engine> } {
  const engine = new HeldEngine();
  const load = vi.fn(async () => engine);
  return { voice: new Voice(load), engine, load };
}

describe('the voice', () => {
  it('says nothing and loads nothing before a person asks', async () => {
    const { voice, engine, load } = set();
    voice.arrive(wish('start', 1, OFF));
    voice.arrive(wish('balance-three', 2, OFF));
    await settled();
    expect(engine.heard).toEqual([]);
    expect(load).not.toHaveBeenCalled();
    expect(voice.current()).toEqual({ speaking: false, saidOn: null, silentOn: null });
  });

  it('says one screen at a press, and no other after it', async () => {
    const { voice, engine } = set();
    voice.press(wish('balance-three', 2, OFF));
    await settled();
    expect(engine.heard).toEqual(['balance ja normal 2']);
    expect(voice.current()).toMatchObject({ speaking: true, saidOn: 2 });
    engine.end();
    await settled();
    expect(voice.current()).toMatchObject({ speaking: false, saidOn: 2 });
    voice.arrive(wish('farewell', 3, OFF));
    await settled();
    expect(engine.heard).toEqual(['balance ja normal 2', 'stop']);
  });

  it('says every screen once it is set, the old one stopped before the new one is said', async () => {
    const { voice, engine } = set();
    voice.arrive(wish('balance-three', 2, { voice: 'slow', volume: 3 }));
    await settled();
    voice.arrive(wish('printing-balance', 3, { voice: 'slow', volume: 3 }));
    await settled();
    expect(engine.heard).toEqual(['balance ja slow 3', 'stop', 'printing ja slow 3']);
    expect(voice.current()).toMatchObject({ speaking: true, saidOn: 3 });
  });

  it('does not say a screen that went away while it was loaded', async () => {
    const { voice, engine } = set();
    voice.arrive(wish('start', 1));
    voice.arrive(wish('balance-three', 2));
    await settled();
    expect(engine.heard.filter((what) => what !== 'stop')).toEqual(['balance ja normal 2']);
  });

  it('stops at a second press, and says it again at the third', async () => {
    const { voice, engine } = set();
    voice.press(wish('balance-three', 2));
    await settled();
    voice.press(wish('balance-three', 2));
    await settled();
    expect(voice.current()).toMatchObject({ speaking: false, saidOn: 2 });
    voice.press(wish('balance-three', 2));
    await settled();
    expect(engine.heard).toEqual(['balance ja normal 2', 'stop', 'balance ja normal 2']);
  });

  it('stops when the voice is set off, as it is when a session ends', async () => {
    const { voice, engine } = set();
    voice.arrive(wish('balance-three', 2));
    await settled();
    voice.arrive(wish('start', 3, OFF));
    await settled();
    expect(engine.heard).toEqual(['balance ja normal 2', 'stop']);
    expect(voice.current().speaking).toBe(false);
  });

  it('tells once that there is no voice, and again only to a press', async () => {
    const { voice, engine } = set();
    engine.kind = 'silent';
    voice.arrive(wish('start', 1));
    await settled();
    expect(voice.current()).toEqual({ speaking: false, saidOn: null, silentOn: 1 });
    voice.arrive(wish('balance-three', 2));
    await settled();
    expect(voice.current().silentOn).toBeNull();
    voice.press(wish('balance-three', 2));
    await settled();
    expect(voice.current().silentOn).toBe(2);
    voice.arrive(wish('start', 3, OFF));
    voice.arrive(wish('start', 3));
    await settled();
    expect(voice.current().silentOn).toBe(3);
  });

  it('is none for now when it cannot be loaded, and is tried again', async () => {
    const engine = new HeldEngine();
    let there = false;
    const voice = new Voice(async () => {
      if (!there) throw new Error('the agent is away');
      return engine;
    });
    voice.press(wish('start', 1));
    await settled();
    expect(voice.current()).toEqual({ speaking: false, saidOn: null, silentOn: 1 });
    there = true;
    voice.press(wish('start', 1));
    await settled();
    expect(engine.heard).toEqual(['start ja normal 2']);
  });
});
