import { describe, expect, it } from 'vitest';
import { KioskSnapshot, Screen } from '../../contract/kiosk.ts';
import { TROUBLES } from '../../contract/trouble.ts';
import { FIXTURES, fixtureNamed, MAIN_FIXTURES } from './fixtures.ts';

describe('the gallery', () => {
  it('shows only what the agent could send', () => {
    for (const { name, snapshot } of FIXTURES) expect(() => KioskSnapshot.parse(snapshot), name).not.toThrow();
  });

  it('shows every screen, every trouble and every reason', () => {
    const shown = FIXTURES.map(({ snapshot }) => snapshot.screen);
    for (const option of Screen.options) {
      const [name] = option.shape.name.values;
      expect(shown.some((screen) => screen.name === name), name).toBe(true);
    }
    for (const trouble of Object.keys(TROUBLES)) {
      expect(shown.some((screen) => screen.name === 'out-of-service' && screen.trouble === trouble), trouble).toBe(true);
    }
    const notUsable = Screen.options.find((option) => option.shape.name.value === 'card-not-usable');
    const refused = Screen.options.find((option) => option.shape.name.value === 'load-refused');
    const notDone = Screen.options.find((option) => option.shape.name.value === 'not-done');
    for (const option of [notUsable, refused, notDone]) {
      if (!option || !('why' in option.shape)) throw new Error('The contract has no reasons.');
      for (const why of option.shape.why.options) expect(shown.some((screen) => 'why' in screen && screen.why === why), why).toBe(true);
    }
  });

  it('names each fixture once', () => {
    expect(new Set(FIXTURES.map(({ name }) => name)).size).toBe(FIXTURES.length);
    for (const name of MAIN_FIXTURES) expect(() => fixtureNamed(name)).not.toThrow();
  });
});
