/** The browser's part of speaking: plays files of this origin, lets the system's voice speak, lists both. Nothing is decided here. */
import { VOICE_INDEX_PATH, type VoiceIndex } from '../../contract/voices.ts';
import type { Playing, SoundPorts, Sounding } from './speaker.ts';

/** How long the system's list of voices may take. */
const VOICES_MS_MAX = 800;

/** Something that ends by itself, by failing, or by being stopped. */
function playing(start: (end: () => void) => () => void): Playing {
  let end: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  const stopIt = start(end);
  return {
    done,
    stop() {
      stopIt();
      end();
    },
  };
}

function clip(url: string, { rate, volume }: Sounding): Playing {
  return playing((end) => {
    const audio = new Audio(url);
    audio.preservesPitch = true;
    audio.defaultPlaybackRate = rate;
    audio.playbackRate = rate;
    audio.volume = volume;
    audio.onended = end;
    audio.onerror = end;
    void audio.play().catch(end);
    return () => {
      audio.onended = null;
      audio.onerror = null;
      audio.pause();
      audio.removeAttribute('src');
    };
  });
}

function wait(ms: number): Playing {
  return playing((end) => {
    const timer = setTimeout(end, ms);
    return () => clearTimeout(timer);
  });
}

/** Voices on this machine only: others would send what a card holds to whoever offers them. */
async function localVoices(): Promise<readonly SpeechSynthesisVoice[]> {
  if (!('speechSynthesis' in window)) return [];
  const list = () => speechSynthesis.getVoices().filter(({ localService }) => localService);
  if (speechSynthesis.getVoices().length === 0) {
    await new Promise<void>((resolve) => {
      speechSynthesis.addEventListener('voiceschanged', () => resolve(), { once: true });
      setTimeout(resolve, VOICES_MS_MAX);
    });
  }
  return list();
}

async function recordings(): Promise<VoiceIndex> {
  try {
    const answer = await fetch(VOICE_INDEX_PATH, { cache: 'no-store' });
    return answer.ok ? ((await answer.json()) as VoiceIndex) : {};
  } catch {
    return {};
  }
}

export async function browserSound(): Promise<SoundPorts> {
  const [index, voices] = await Promise.all([recordings(), localVoices()]);
  const voiceFor = (language: 'ja' | 'en') => voices.find(({ lang }) => lang.toLowerCase().startsWith(language));
  return {
    clip,
    wait,
    utter: (text, language, { rate, volume }) =>
      playing((end) => {
        const utterance = new SpeechSynthesisUtterance(text);
        utterance.voice = voiceFor(language) ?? null;
        utterance.lang = language === 'ja' ? 'ja-JP' : 'en-US';
        utterance.rate = rate;
        utterance.volume = volume;
        utterance.onend = end;
        utterance.onerror = end;
        speechSynthesis.speak(utterance);
        return () => speechSynthesis.cancel();
      }),
    languages: new Set((['ja', 'en'] as const).filter((language) => voiceFor(language))),
    index,
  };
}
