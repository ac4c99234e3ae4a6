import { describe, expect, it } from 'vitest';
import { TROUBLES } from '../../contract/trouble.ts';
import { sayIn } from '../strings/catalogue.ts';
import { FIXTURES } from '../gallery/fixtures.ts';
import { chimeOf, tone } from './chimes.ts';
import { glassOf, pixelsPerMm, pocketsPerPage } from './glass.ts';
import { spokenSentence } from './kiosk.tsx';

const glass = (width: number, height: number, ppi: number) => glassOf(width / pixelsPerMm(ppi), height / pixelsPerMm(ppi));

describe('the glass', () => {
  it('is told apart by its millimetres, not its pixels', () => {
    expect(pixelsPerMm(102.6)).toBeCloseTo(4.04, 2);
    expect(glass(1920, 1080, 102.6)).toBe('roomy');
    expect(glass(1080, 1920, 102.6)).toBe('tall');
    expect(glass(1920, 1080, 141)).toBe('compact');
    expect(glass(1280, 800, 149)).toBe('tight');
  });

  it('is refused where letters of 9 mm have no room', () => {
    expect(glass(1024, 600, 170)).toBeNull();
    expect(glass(1920, 1080, 300)).toBeNull();
    expect(glass(800, 1280, 149)).toBeNull();
  });

  it('shows three pockets a page where they fit', () => {
    expect(pocketsPerPage('roomy', 'large')).toBe(3);
    expect(pocketsPerPage('compact', 'usual')).toBe(2);
  });
});

describe('chimes', () => {
  it('sound when a card is seen, when something is done, and when somebody should look', () => {
    const chimes = new Map(FIXTURES.map(({ name, snapshot }) => [name, chimeOf(snapshot.screen)]));
    expect(chimes.get('reading')).toBe('seen');
    expect(chimes.get('loaded')).toBe('done');
    expect(chimes.get('card-moved-writing')).toBe('look');
    expect(chimes.get('farewell-card')).toBe('look');
    expect(chimes.get('out-of-service-reader-absent')).toBeNull();
    expect(chimes.get('out-of-service-interrupted')).toBe('look');
    expect(chimes.get('start')).toBeNull();
  });
});

describe('a key of a keypad', () => {
  it('sounds alike whatever its digit: the tone cannot be told which key it was', () => {
    expect(tone).toHaveLength(0);
    expect(tone).not.toThrow();
  });
});

describe('what a screen reader hears', () => {
  it('is one sentence on every screen, with the number wherever there is one', () => {
    for (const { name, snapshot } of FIXTURES) {
      const heard = spokenSentence(snapshot.screen, sayIn('ja'));
      expect(heard, name).not.toBe('');
      if (snapshot.screen.name === 'out-of-service') expect(heard, name).toContain(String(TROUBLES[snapshot.screen.trouble].number));
    }
  });
});
