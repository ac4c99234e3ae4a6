/** Everything that speaks, loaded when somebody first wants to hear something. */
import type { KioskSnapshot } from '../../contract/kiosk.ts';
import type { Form } from '../strings/wording.ts';
import { browserSound } from './browser-sound.ts';
import { speakerOf, type Manner, type SoundPorts, type Speaker, type SpeakerKind } from './speaker.ts';
import { spokenOf } from './spoken.ts';

export interface Engine {
  /** Says the screen, stopping what was being said. @returns at the end, who spoke */
  say(snapshot: KioskSnapshot, form: Form, manner: Manner): Promise<SpeakerKind>;
  stop(): void;
}

export function engineOn(ports: SoundPorts): Engine {
  let speaker: Speaker | undefined;
  return {
    async say({ screen, ...around }, form, manner) {
      speaker?.stop();
      speaker = speakerOf(form, ports);
      await speaker.say(spokenOf(screen, around), manner);
      return speaker.kind;
    },
    stop() {
      speaker?.stop();
    },
  };
}

export const startEngine = async (): Promise<Engine> => engineOn(await browserSound());
