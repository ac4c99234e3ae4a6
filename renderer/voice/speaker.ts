/**
 * In whose voice parts are said: recordings where they are there, else a voice of the system, else nobody. Never half a part by one and half
 * by the other, and never a recording of other words than those on the glass.
 */
import { VOICES_PATH, type Clip, type VoiceIndex } from '../../contract/voices.ts';
import { plainWords } from '../../contract/procedure/readings.ts';
import type { Form } from '../strings/wording.ts';
import type { SpokenPart } from './parts.ts';
import { utterancesOf, type Utterance } from './utterances.ts';

export type Pace = 'normal' | 'slow';
export type Volume = 1 | 2 | 3;
/** How it is to sound. */
export interface Manner {
  readonly pace: Pace;
  readonly volume: Volume;
}

/** Something that sounds. `done` resolves at its end, also when it was stopped or could not be heard; it never rejects. */
export interface Playing {
  readonly done: Promise<void>;
  stop(): void;
}

export interface Sounding {
  /** 1 as recorded; the pitch stays. */
  readonly rate: number;
  /** 0–1 */
  readonly volume: number;
}

/** What makes the sound. */
export interface SoundPorts {
  clip(url: string, how: Sounding): Playing;
  utter(text: string, language: 'ja' | 'en', how: Sounding): Playing;
  wait(ms: number): Playing;
  /** Languages that a voice on this very machine speaks. */
  readonly languages: ReadonlySet<'ja' | 'en'>;
  readonly index: VoiceIndex;
}

export type SpeakerKind = 'recorded' | 'system' | 'silent';

export interface Speaker {
  readonly kind: SpeakerKind;
  /** Says the parts in order, stopping whatever it was saying. @returns whether it came to the end */
  say(parts: readonly SpokenPart[], manner: Manner): Promise<boolean>;
  stop(): void;
}

const SLOW_RATE = 0.8;
const VOLUMES: Readonly<Record<Volume, number>> = { 1: 0.4, 2: 0.7, 3: 1 };
/** Pauses between recordings; a system voice makes its own. */
const PAUSE_MS = { breath: 180, stop: 450 } as const;
/** Texts that are data (names of schemes) are found by their words under ids that begin so. */
const TEXT_ID = 'text.';

type Step = { readonly by: 'clip'; readonly clip: Clip } | { readonly by: 'pause'; readonly ms: number } | { readonly by: 'voice'; readonly text: string; readonly language: 'ja' | 'en' };

class PortsSpeaker implements Speaker {
  readonly kind: SpeakerKind;
  private readonly form: Form;
  private readonly ports: SoundPorts;
  private readonly clips: Readonly<Record<string, Clip>>;
  private playing: Playing | undefined;
  private turn = 0;

  constructor(form: Form, ports: SoundPorts) {
    this.form = form;
    this.ports = ports;
    this.clips = ports.index[form] ?? {};
    const recorded = Object.keys(this.clips).some((id) => !id.startsWith(TEXT_ID));
    this.kind = recorded ? 'recorded' : ports.languages.has(form === 'en' ? 'en' : 'ja') ? 'system' : 'silent';
  }

  async say(parts: readonly SpokenPart[], { pace, volume }: Manner): Promise<boolean> {
    this.stop();
    const turn = this.turn;
    if (this.kind === 'silent') return false;
    const slow = pace === 'slow';
    const how = (rate: number): Sounding => ({ rate, volume: VOLUMES[volume] });
    for (const step of this.steps(parts)) {
      const usual = how(slow ? SLOW_RATE : 1);
      if (step.by === 'pause') this.playing = this.ports.wait(slow ? step.ms / SLOW_RATE : step.ms);
      else if (step.by === 'voice') this.playing = this.ports.utter(step.text, step.language, usual);
      else this.playing = this.ports.clip(`${VOICES_PATH}/${slow ? (step.clip.slow ?? step.clip.file) : step.clip.file}`, slow && step.clip.slow !== undefined ? how(1) : usual);
      await this.playing.done;
      if (turn !== this.turn) return false;
    }
    this.playing = undefined;
    return true;
  }

  stop(): void {
    this.turn += 1;
    this.playing?.stop();
    this.playing = undefined;
  }

  private steps(parts: readonly SpokenPart[]): Step[] {
    const steps: Step[] = [];
    for (const utterance of utterancesOf(parts, this.form)) this.add(steps, utterance);
    return steps;
  }

  private add(steps: Step[], utterance: Utterance): void {
    const { spoken, language, ends, lead, otherwise } = utterance;
    const clips = this.clipsOf(utterance);
    if (clips === null && !this.ports.languages.has(language)) {
      if (otherwise) this.add(steps, otherwise);
      return;
    }
    if (lead) this.add(steps, lead);
    if (clips !== null) {
      steps.push(...clips.map((clip): Step => ({ by: 'clip', clip })), { by: 'pause', ms: PAUSE_MS[ends] });
      return;
    }
    // One breath for what belongs together: a voice that is started anew for every word halts.
    const text = `${spoken}${language === 'en' ? (ends === 'stop' ? '. ' : ', ') : ends === 'stop' ? '。' : '、'}`;
    const before = steps.at(-1);
    if (before?.by === 'voice' && before.language === language) steps[steps.length - 1] = { ...before, text: `${before.text}${text}` };
    else steps.push({ by: 'voice', text, language });
  }

  /** @returns null unless every sound of it is there, in just these words */
  private clipsOf({ sounds, spoken }: Utterance): Clip[] | null {
    if (sounds === null) {
      const own = Object.entries(this.clips).find(([id, clip]) => id.startsWith(TEXT_ID) && clip.text !== undefined && plainWords(clip.text) === spoken);
      return own ? [own[1]] : null;
    }
    const clips = sounds.map(({ id, text }) => {
      const clip = this.clips[id];
      return clip && (clip.text === undefined || clip.text === text) ? clip : null;
    });
    return clips.every((clip) => clip !== null) ? clips : null;
  }
}

export const speakerOf = (form: Form, ports: SoundPorts): Speaker => new PortsSpeaker(form, ports);
