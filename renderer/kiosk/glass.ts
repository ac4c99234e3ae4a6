/**
 * Millimetres: turns the glass's pixel density into CSS sizes and chooses the layout that fits. Text never shrinks under its
 * floor; on a small glass pictures and notices give way instead.
 */
import { useEffect, useLayoutEffect, useState } from 'react';

/** `roomy` 21.5" across · `compact` a laptop · `tight` a tablet · `tall` an upright 21.5". */
export type Glass = 'roomy' | 'compact' | 'tight' | 'tall';

const MM_PER_INCH = 25.4;

/** @param ppi pixels an inch @returns CSS pixels a millimetre */
export function pixelsPerMm(ppi: number): number {
  return ppi / MM_PER_INCH;
}

/** The smallest on which every screen was found to keep its sizes: 10.1" across, 21.5" upright, a little less for a frame. Millimetres. */
const SMALLEST = { across: { width: 215, height: 134 }, upright: { width: 260, height: 460 } } as const;

/** Which layout a glass of this size gets. Millimetres. @returns null for one that cannot hold letters of 9 mm */
export function glassOf(widthMm: number, heightMm: number): Glass | null {
  const upright = heightMm > widthMm;
  const { width, height } = SMALLEST[upright ? 'upright' : 'across'];
  if (widthMm < width || heightMm < height) return null;
  if (upright) return 'tall';
  if (widthMm >= 420 && heightMm >= 235) return 'roomy';
  if (widthMm >= 300 && heightMm >= 175) return 'compact';
  return 'tight';
}

/** How many pockets one page of the balance shows. */
export function pocketsPerPage(glass: Glass, text: 'usual' | 'large'): number {
  switch (glass) {
    case 'roomy':
      return 3;
    case 'tall':
      return text === 'large' ? 2 : 3;
    case 'compact':
      return text === 'large' ? 1 : 2;
    case 'tight':
      return 1;
  }
}

/** How many choices stand one above the other, when some of them say in a few lines why they cannot be chosen (`told`) or none does. */
export function choicesPerPage(glass: Glass, text: 'usual' | 'large', told: boolean): number {
  const less = (text === 'large' ? 1 : 0) + (told ? 1 : 0);
  switch (glass) {
    case 'roomy':
    case 'tall':
      return less === 2 ? 3 : 4;
    case 'compact':
      return 4 - less;
    case 'tight':
      return told ? 2 : 3;
  }
}

/** A tablet holds 9 mm text and no more: 大きい文字 is not offered on it. */
export function offersLargeText(glass: Glass): boolean {
  return glass !== 'tight';
}

/** Follows the window's size, and sets `--mm` for the style sheets. @returns null for a glass that is too small */
export function useGlass(ppi: number): Glass | null {
  const [size, setSize] = useState({ width: window.innerWidth, height: window.innerHeight });
  const mm = pixelsPerMm(ppi);
  useEffect(() => {
    const measure = () => setSize({ width: window.innerWidth, height: window.innerHeight });
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, []);
  useLayoutEffect(() => {
    document.documentElement.style.setProperty('--mm', `${mm}px`);
  }, [mm]);
  return glassOf(size.width / mm, size.height / mm);
}
