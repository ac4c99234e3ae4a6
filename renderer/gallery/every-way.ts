/** Every glass and every form a screen is shown in, and how the gallery is driven through them. For tests and scripts; the browser is given. */
import type { Page } from 'playwright-core';
import type { Floors } from './check-screen.ts';
import { FIXTURES, MAIN_FIXTURES } from './fixtures.ts';

/** CSS pixels, and pixels an inch. */
export const GLASSES = {
  fhd: { width: 1920, height: 1080, ppi: 102.6 },
  portrait: { width: 1080, height: 1920, ppi: 102.6 },
  laptop: { width: 1920, height: 1080, ppi: 141 },
  tablet: { width: 1280, height: 800, ppi: 149 },
} as const;
export type GlassName = keyof typeof GLASSES;

export const FORMS = {
  usual: '',
  readings: '&readings=yes',
  easy: '&form=easy',
  english: '&form=en',
  large: '&text=large',
  contrast: '&colours=contrast',
  'large-english': '&text=large&form=en',
  'large-contrast-easy': '&text=large&colours=contrast&form=easy',
  'large-contrast-readings': '&text=large&colours=contrast&readings=yes',
} as const;
export type FormName = keyof typeof FORMS;

export const GLASS_NAMES = Object.keys(GLASSES) as readonly GlassName[];
/** Large letters are not offered on the tablet. */
export const formsOn = (glass: GlassName): readonly FormName[] => (Object.keys(FORMS) as FormName[]).filter((form) => glass !== 'tablet' || !FORMS[form].includes('large'));

export const addressOf = (fixture: string, glass: GlassName, form: FormName): string => `fixture=${fixture}&ppi=${GLASSES[glass].ppi}${FORMS[form]}`;

/** What laid over a screen has to fit as well. */
export const LIKES_OPEN = 'writing&likes=open';

export async function show(page: Page, address: string): Promise<void> {
  await page.evaluate(async (next) => {
    location.hash = next;
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    // One frame in which React draws, one in which it is painted; a screen that is drawn for the first time may be stood in for a little longer.
    await frame();
    await frame();
    for (let more = 0; more < 60 && !next.includes('=starting') && document.querySelector("main[data-screen='starting']"); more += 1) await frame();
    // Then the typeface's pieces.
    await document.fonts.ready;
  }, address);
}

export function floorsOf(glass: GlassName, form: FormName): Floors {
  // On the tablet the amount before a load is set smaller, so that the one after it keeps its size.
  const amounts = glass === 'tablet' ? '.amount:not(.before .amount)' : '.amount';
  const readings = /readings|easy/.test(FORMS[form]);
  return { pxPerMm: GLASSES[glass].ppi / 25.4, mainTextMm: FORMS[form].includes('large') ? 12 : 9, anyTextMm: 9, readingMm: 4.8, readings, amountMm: 24, amounts };
}

/** Runs in the page, which has axe. @returns what it found */
export async function violations(rules: { readonly colours: boolean }): Promise<string[]> {
  // Buttons rest for a moment on a new screen; axe must judge them awake.
  for (const button of document.querySelectorAll('[aria-disabled]')) button.removeAttribute('aria-disabled');
  const { axe } = window as unknown as { axe: { run(context: Document, options: object): Promise<{ violations: Array<{ id: string; nodes: Array<{ html: string }> }> }> } };
  const found = await axe.run(document, { resultTypes: ['violations'], rules: { 'color-contrast': { enabled: rules.colours } } });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

/** Colours change with one form only; in the others axe need not measure them again, which takes most of its time. */
export const hasOwnColours = (form: FormName): boolean => form === 'usual' || form === 'contrast';

const ALL = FIXTURES.map(({ name }) => name);

/**
 * The screens to look at in the short run: all of them in the usual form on every glass; in the other forms every second one of each kind, other
 * ones on each glass, and of the rest each in one form a glass. `npm run screens -- --check` looks at all of them in all.
 */
export function shareOf(glass: GlassName, form: FormName): readonly string[] {
  if (form === 'usual') return ALL;
  const forms = formsOn(glass).filter((one) => one !== 'usual');
  const turn = forms.indexOf(form) + GLASS_NAMES.indexOf(glass);
  return ALL.filter((name, index) => (MAIN_FIXTURES.includes(name) && (index + turn) % 2 === 0) || index % forms.length === turn % forms.length);
}
