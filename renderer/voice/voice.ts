/**
 * When the voice speaks: never before a person asked for it, and only of the screen that is there. A new screen stops the old one; 「もう一度聞く」
 * says it again. Keeps nothing of what it says.
 */
import type { KioskSnapshot } from '../../contract/kiosk.ts';
import type { Form } from '../strings/wording.ts';
import type { Engine } from './engine.ts';
import type { Volume } from './speaker.ts';

export type VoiceSetting = 'off' | 'normal' | 'slow';

export interface VoiceWish {
  readonly snapshot: KioskSnapshot;
  readonly form: Form;
  readonly voice: VoiceSetting;
  readonly volume: Volume;
}

export interface VoiceState {
  readonly speaking: boolean;
  /** The screen that was said already. */
  readonly saidOn: number | null;
  /** The screen on which it turned out that this kiosk has no voice. */
  readonly silentOn: number | null;
}

const QUIET: VoiceState = { speaking: false, saidOn: null, silentOn: null };

/** A store for React's `useSyncExternalStore`. */
export class Voice {
  private state = QUIET;
  private readonly load: () => Promise<Engine>;
  private readonly listeners = new Set<() => void>();
  private loading: Promise<Engine> | undefined;
  private engine: Engine | undefined;
  private turn = 0;
  /** Said once to whoever set the voice on; after that only to a press. */
  private silenceTold = false;

  constructor(load: () => Promise<Engine>) {
    this.load = load;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly current = (): VoiceState => this.state;

  /** Another screen is there, or the person set something: what was being said stops, and it is said if they wish so. */
  arrive(wish: VoiceWish): void {
    this.hush();
    if (wish.voice === 'off') this.silenceTold = false;
    else void this.say(wish, this.silenceTold);
  }

  /** 「声で聞く」: says the screen once, whatever is set. While it speaks, the same button stops it. */
  press(wish: VoiceWish): void {
    if (this.state.speaking) this.hush();
    else void this.say(wish, false);
  }

  hush(): void {
    this.turn += 1;
    this.engine?.stop();
    if (this.state.speaking) this.show({ ...this.state, speaking: false });
  }

  private async say({ snapshot, form, voice, volume }: VoiceWish, silently: boolean): Promise<void> {
    const turn = ++this.turn;
    const { screenId } = snapshot;
    this.show({ speaking: true, saidOn: screenId, silentOn: null });
    let kind = 'silent';
    try {
      this.loading ??= this.load();
      this.engine = await this.loading;
      if (turn !== this.turn) return;
      kind = await this.engine.say(snapshot, form, { pace: voice === 'slow' ? 'slow' : 'normal', volume });
    } catch {
      // Could not be loaded: as good as no voice, and tried anew at the next wish.
      this.loading = undefined;
    }
    if (turn !== this.turn) return;
    if (kind !== 'silent') return this.show({ ...this.state, speaking: false });
    if (!silently) this.silenceTold = true;
    this.show({ speaking: false, saidOn: null, silentOn: silently ? null : screenId });
  }

  private show(state: VoiceState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
