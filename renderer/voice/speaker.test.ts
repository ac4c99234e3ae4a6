import { describe, expect, it } from 'vitest';
import type { Clip, VoiceIndex } from '../../contract/voices.ts';
import { fixtureNamed } from '../gallery/fixtures.ts';
import { FORMS, type Form } from '../strings/wording.ts';
import { everySound } from './clip-list.ts';
import { amountOf, named, said, type SpokenPart } from './parts.ts';
import { spokenOf } from './spoken.ts';
import { speakerOf, type Playing, type SoundPorts } from './speaker.ts';

/** Sounds that only write down what they were asked, and end when told. */
class HeldSound implements SoundPorts {
  readonly heard: string[] = [];
  readonly index: VoiceIndex;
  readonly languages: ReadonlySet<'ja' | 'en'>;
  held = false;
  private readonly waiting: (() => void)[] = [];
  constructor(index: VoiceIndex = {}, languages: ReadonlyArray<'ja' | 'en'> = []) {
    this.index = index;
    this.languages = new Set(languages);
  }
  readonly clip = (url: string, { rate, volume }: { rate: number; volume: number }) => this.sound(`${url.replace('/voices/', '')} ×${rate} ${volume}`);
  readonly utter = (text: string, language: string, { rate, volume }: { rate: number; volume: number }) => this.sound(`${language}: ${text} ×${rate} ${volume}`);
  readonly wait = (): Playing => ({ done: Promise.resolve(), stop: () => undefined });
  private sound(what: string): Playing {
    this.heard.push(what);
    let end = () => undefined as void;
    const done = new Promise<void>((resolve) => {
      end = resolve;
    });
    if (!this.held) end();
    this.waiting.push(end);
    return {
      done,
      stop: () => {
        this.heard.push(`stopped ${what}`);
        end();
      },
    };
  }
}

const clips = (form: Form, ids: readonly string[], extra: Record<string, Clip> = {}): VoiceIndex => ({
  [form]: { ...Object.fromEntries(ids.map((id) => [id, { file: `made/${form}/${id}.ogg` }])), ...extra },
});
const NORMAL = { pace: 'normal', volume: 2 } as const;
const PARTS: SpokenPart[] = [said('loaded.title'), named('応援券', { otherwise: 'voice.kind-yen' }), amountOf(5_000, 'yen'), said('button.print')];
const AMOUNT = ['n.5000', 'counter.yen'];

describe('who speaks', () => {
  it('is whoever recorded something, else a voice of the system in that language, else nobody', () => {
    expect(speakerOf('ja', new HeldSound(clips('ja', ['loaded.title']), ['ja'])).kind).toBe('recorded');
    expect(speakerOf('en', new HeldSound(clips('ja', ['loaded.title']), ['ja'])).kind).toBe('silent');
    expect(speakerOf('easy', new HeldSound({}, ['ja'])).kind).toBe('system');
    expect(speakerOf('en', new HeldSound({}, ['en'])).kind).toBe('system');
    expect(speakerOf('ja', new HeldSound()).kind).toBe('silent');
    expect(speakerOf('ja', new HeldSound(clips('ja', [], { 'text.a': { file: 'own/ja/text.a.wav', text: '応援券' } }))).kind).toBe('silent');
  });

  it('says nothing at all where there is nobody', async () => {
    const sound = new HeldSound();
    expect(await speakerOf('ja', sound).say(PARTS, NORMAL)).toBe(false);
    expect(sound.heard).toEqual([]);
  });

  it('is the system’s voice in one breath, the languages apart', async () => {
    const sound = new HeldSound({}, ['ja', 'en']);
    expect(await speakerOf('ja', sound).say(PARTS, NORMAL)).toBe(true);
    expect(sound.heard).toHaveLength(1);
    expect(sound.heard[0]).toMatch(/^ja: .+。応援券、ごせんえん、.+、 ×1 0\.7$/);
    sound.heard.length = 0;
    await speakerOf('en', sound).say(PARTS, { pace: 'slow', volume: 3 });
    expect(sound.heard).toEqual(['en: Added.  ×0.8 1', 'ja: 応援券、 ×0.8 1', 'en: 5,000 yen, Print,  ×0.8 1']);
  });

  it('is the recordings, piece by piece; a name nobody recorded is said by its kind', async () => {
    const sound = new HeldSound(clips('ja', ['loaded.title', 'voice.kind-yen', 'button.print', ...AMOUNT]));
    await speakerOf('ja', sound).say(PARTS, NORMAL);
    expect(sound.heard).toEqual(['loaded.title', 'voice.kind-yen', ...AMOUNT, 'button.print'].map((id) => `made/ja/${id}.ogg ×1 0.7`));
  });

  it('is a recording of the name itself where there is one', async () => {
    const sound = new HeldSound(clips('ja', ['loaded.title'], { 'text.1': { file: 'own/ja/text.1.wav', text: '応援券《おうえんけん》' } }));
    await speakerOf('ja', sound).say([named('応援券')], NORMAL);
    expect(sound.heard).toEqual(['own/ja/text.1.wav ×1 0.7']);
  });

  it('is never a recording of other words than those on the glass', async () => {
    const old = { file: 'made/en/loaded.title.ogg', text: 'Put in' };
    const sound = new HeldSound(clips('en', ['button.print'], { 'loaded.title': old }), ['en']);
    await speakerOf('en', sound).say([said('loaded.title'), said('button.print')], NORMAL);
    expect(sound.heard).toEqual(['en: Added.  ×1 0.7', 'made/en/button.print.ogg ×1 0.7']);
  });

  it('never halves an amount between a recording and a voice', async () => {
    const sound = new HeldSound(clips('ja', ['n.5000', 'loaded.title']), ['ja']);
    await speakerOf('ja', sound).say([amountOf(5_000, 'yen')], NORMAL);
    expect(sound.heard).toEqual(['ja: ごせんえん、 ×1 0.7']);
  });

  it('speaks slowly: a recording of its own as it is, any other stretched', async () => {
    const sound = new HeldSound(clips('ja', ['button.print'], { 'loaded.title': { file: 'own/ja/loaded.title.wav', slow: 'own/ja/slow/loaded.title.wav' } }));
    await speakerOf('ja', sound).say([said('loaded.title'), said('button.print')], { pace: 'slow', volume: 1 });
    expect(sound.heard).toEqual(['own/ja/slow/loaded.title.wav ×1 0.4', 'made/ja/button.print.ogg ×0.8 0.4']);
  });

  it('leaves out what leads to words that nobody can say', async () => {
    const sound = new HeldSound(clips('ja', ['load.usable-at', 'loaded.title']));
    await speakerOf('ja', sound).say([named('町内の店', { lead: 'load.usable-at' })], NORMAL);
    expect(sound.heard).toEqual([]);
    const voiced = new HeldSound({}, ['ja']);
    await speakerOf('ja', voiced).say([named('町内の店', { lead: 'load.usable-at' })], NORMAL);
    expect(voiced.heard[0]).toMatch(/^ja: .+。町内の店、/);
  });

  it('stops at once, in the middle of what it says, and says nothing more of it', async () => {
    const sound = new HeldSound(clips('ja', ['loaded.title', 'button.print', ...AMOUNT]));
    sound.held = true;
    const speaker = speakerOf('ja', sound);
    const first = speaker.say([said('loaded.title'), amountOf(5_000, 'yen')], NORMAL);
    await Promise.resolve();
    const second = speaker.say([said('button.print')], NORMAL);
    expect(await first).toBe(false);
    speaker.stop();
    expect(await second).toBe(false);
    expect(sound.heard.map((what) => what.replace(/ ×.*/, ''))).toEqual([
      'made/ja/loaded.title.ogg',
      'stopped made/ja/loaded.title.ogg',
      'made/ja/button.print.ogg',
      'stopped made/ja/button.print.ogg',
    ]);
  });

  it.each(FORMS)('says a whole screen from recordings alone in %s', async (form) => {
    const sound = new HeldSound(clips(form, everySound(form).map(({ id }) => id)));
    const { screen, ...around } = fixtureNamed('balance-six-two-offers');
    expect(await speakerOf(form, sound).say(spokenOf(screen, around), NORMAL)).toBe(true);
    expect(sound.heard.length).toBeGreaterThan(40);
    expect(sound.heard.filter((what) => !what.startsWith(`made/${form}/`))).toEqual([]);
  });
});
