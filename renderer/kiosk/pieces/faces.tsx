/** The five faces: told apart by their mouths and brows, never by colour. */
import type { Face } from '../../../contract/survey.ts';

const MOUTHS: Readonly<Record<Face, string>> = {
  5: 'M14 28 H34 C34 37 29 40 24 40 C19 40 14 37 14 28 Z',
  4: 'M15 30 C18 36 30 36 33 30',
  3: 'M16 33 H32',
  2: 'M16 35 C19 31 29 31 32 35',
  1: 'M14 38 C17 29 31 29 34 38',
};
const BROWS: Readonly<Partial<Record<Face, string>>> = {
  5: 'M12 15 C14 12 18 12 20 15 M28 15 C30 12 34 12 36 15',
  1: 'M11 17 L19 13 M37 17 L29 13',
};
const EYES = 'M16 19.500 V22 M32 19.500 V22';

export function FacePicture({ face }: { readonly face: Face }) {
  return (
    <svg className="face" viewBox="0 0 48 48" fill="none" stroke="currentColor" strokeWidth="2.600" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <circle cx="24" cy="24" r="21.500" />
      <path d={face === 5 ? (BROWS[5] ?? '') : EYES} transform={face === 5 ? 'translate(0 6)' : undefined} />
      {face === 1 && <path d={BROWS[1]} />}
      <path d={MOUTHS[face]} fill={face === 5 ? 'currentColor' : 'none'} />
    </svg>
  );
}
