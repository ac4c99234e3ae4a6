/**
 * The four basic attributes (基本4情報) as the text application holds them: FF20 { DF21 offsets, DF22 name, DF23 address, DF24 date of
 * birth, DF25 sex }, filler behind. Parsed by tags and checked against the card's own offsets. Pure; keeps nothing.
 */
import { isDate } from './calendar-date.ts';
import { contentOf, elementHeader, elementsIn } from './tag-length-value.ts';

export interface BasicAttributes {
  /** As printed; its parts are divided by U+3000. */
  readonly name: string;
  readonly address: string;
  /** `YYYY-MM-DD`; null where the register does not know the month or the day. */
  readonly birthDate: string | null;
  /** ISO/IEC 5218. */
  readonly sex: 'male' | 'female' | 'not-known' | 'not-applicable';
}

export type AttributesParse = { readonly kind: 'attributes'; readonly attributes: BasicAttributes } | { readonly kind: 'malformed' };

const TAG = { attributes: 0xff20, offsets: 0xdf21, name: 0xdf22, address: 0xdf23, birthDate: 0xdf24, sex: 0xdf25 } as const;
/** In the order of the offsets. */
const VALUES = [TAG.name, TAG.address, TAG.birthDate, TAG.sex] as const;
const SEX = { '0': 'not-known', '1': 'male', '2': 'female', '9': 'not-applicable' } as const;
const MALFORMED = { kind: 'malformed' } as const;

export function parseBasicAttributes(file: Uint8Array): AttributesParse {
  const whole = elementHeader(file, 0);
  if (whole?.tag !== TAG.attributes || whole.end > file.length) return MALFORMED;
  if (file.subarray(whole.end).some((byte) => byte !== 0xff && byte !== 0x00)) return MALFORMED;
  const elements = elementsIn(file, whole.contentStart, whole.end);
  if (!elements || new Set(elements.map(({ tag }) => tag)).size !== elements.length) return MALFORMED;
  const offsets = elements.find(({ tag }) => tag === TAG.offsets);
  if (!offsets || offsets.end - offsets.contentStart !== 2 * VALUES.length) return MALFORMED;

  const texts: string[] = [];
  for (const [index, tag] of VALUES.entries()) {
    const element = elements.find((candidate) => candidate.tag === tag);
    const at = offsets.contentStart + 2 * index;
    // Counted from the start of the file to the value's tag.
    if (!element || element.start !== ((file[at]! << 8) | file[at + 1]!)) return MALFORMED;
    const text = textOf(contentOf(file, element));
    if (text === undefined) return MALFORMED;
    texts.push(text);
  }
  const [name = '', address = '', birth = '', sex = ''] = texts;
  const birthDate = birthDateOf(birth);
  if (name === '' || address === '' || birthDate === undefined || !isSex(sex)) return MALFORMED;
  return { kind: 'attributes', attributes: { name, address, birthDate, sex: SEX[sex] } };
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Old registers know of some people only the year, or the year and the month; the rest is zeros. */
function birthDateOf(digits: string): string | null | undefined {
  const parts = /^(\d{4})(\d{2})(\d{2})$/.exec(digits);
  if (!parts) return undefined;
  const [, year, month, day] = parts;
  if (month === '00' || day === '00') return null;
  const date = `${year}-${month}-${day}`;
  return isDate(date) ? date : undefined;
}

function isSex(text: string): text is keyof typeof SEX {
  return Object.hasOwn(SEX, text);
}
