/** Files that the office hands in: JSON and CSV. Every mistake is named by where it stands and what is wrong, in Japanese and English. */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { BackendUnusable, errorCode } from '../unusable.ts';

const FILE_CHARACTERS_MAX = 50_000_000;
const MISTAKES_SHOWN_MAX = 20;

export interface Mistake {
  /** `rules.sale.priceYen` of a JSON file; `3行目 amount` of a list. */
  readonly at: string;
  readonly why: string;
}

/** @throws BackendUnusable that lists them */
export function refuseMistakes(file: string, mistakes: readonly Mistake[]): void {
  if (mistakes.length === 0) return;
  const shown = mistakes.slice(0, MISTAKES_SHOWN_MAX).map(({ at, why }) => `  ${at}: ${why}`);
  const more = mistakes.length > shown.length ? [`  … ほか ${mistakes.length - shown.length} 件。 … and ${mistakes.length - shown.length} more.`] : [];
  throw new BackendUnusable('configuration', [`${file} に誤りがあります。何も変えていません。 ${file} has mistakes; nothing was changed.`, ...shown, ...more].join('\n'));
}

/** @throws BackendUnusable when it cannot be read, is no JSON, or is not of the schema */
export function readJsonFile<Value>(file: string, schema: z.ZodType<Value>): Value {
  let content: unknown;
  const text = readText(file);
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new BackendUnusable('configuration', `${file} は JSON ではありません。 It is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success) refuseMistakes(file, parsed.error.issues.map(mistakeOf));
  return schema.parse(content);
}

export function mistakeOf(issue: z.core.$ZodIssue): Mistake {
  const at = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') return { at: [at, issue.keys.join(', ')].filter(Boolean).join('.'), why: `知らない名前です。 unknown name` };
  return { at: at || '(全体 whole)', why: `この値は使えません。 ${issue.message}` };
}

/** A line of a list: what stands under each name of the first line. */
export interface ListLine {
  /** Of the file, from 1; the names are line 1. */
  readonly number: number;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Reads a list with the names of its columns in the first line (RFC 4180: commas, fields in quotes where needed, a quote doubled in them; a byte
 * order mark is allowed, because spreadsheets write one).
 * @param columns all of them, in any order @throws BackendUnusable
 */
export function readList(file: string, columns: readonly string[]): ListLine[] {
  const rows = parseCsv(readText(file));
  if (!rows) throw new BackendUnusable('configuration', `${file}: 引用符が閉じていません。 A quote is not closed.`);
  const [names = [], ...lines] = rows;
  const missing = columns.filter((column) => !names.includes(column));
  const unknown = names.filter((name) => !columns.includes(name));
  if (missing.length > 0 || unknown.length > 0) {
    throw new BackendUnusable('configuration', `${file}: 1行目は ${columns.join(',')} でなければなりません。 The first line must name the columns ${columns.join(',')}${unknown.length > 0 ? `; not ${unknown.join(',')}` : ''}.`);
  }
  refuseMistakes(file, lines.flatMap((fields, index) => (fields.length === names.length ? [] : [{ at: `${index + 2}行目`, why: `列が ${fields.length} 個あります。 ${fields.length} columns instead of ${names.length}` }])));
  return lines.map((fields, index) => ({ number: index + 2, fields: Object.fromEntries(names.map((name, place) => [name, fields[place]?.trim() ?? ''])) }));
}

/** @throws BackendUnusable for any line that is not of the schema */
export function parseLines<Value>(file: string, lines: readonly ListLine[], schema: z.ZodType<Value>): Array<{ readonly number: number; readonly value: Value }> {
  const mistakes: Mistake[] = [];
  const values = lines.flatMap(({ number, fields }) => {
    const parsed = schema.safeParse(fields);
    if (parsed.success) return [{ number, value: parsed.data }];
    mistakes.push(...parsed.error.issues.map(mistakeOf).map(({ at, why }) => ({ at: `${number}行目 ${at}`, why })));
    return [];
  });
  refuseMistakes(file, mistakes);
  return values;
}

function readText(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    if (text.length > FILE_CHARACTERS_MAX) throw new BackendUnusable('configuration', `${file} は大きすぎます。 It is too large.`);
    return text.replace(/^\uFEFF/, '');
  } catch (error) {
    if (error instanceof BackendUnusable) throw error;
    throw new BackendUnusable('configuration', `${file} を読めません。 It cannot be read (${errorCode(error)}).`);
  }
}

/** @returns undefined when a quote is not closed */
function parseCsv(text: string): string[][] | undefined {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let quoted = false;
  const endField = () => {
    row.push(field);
    field = '';
  };
  const endRow = () => {
    endField();
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  };
  for (let place = 0; place < text.length; place += 1) {
    const letter = text[place] ?? '';
    if (quoted) {
      if (letter !== '"') field += letter;
      else if (text[place + 1] === '"') {
        field += '"';
        place += 1;
      } else quoted = false;
    } else if (letter === '"' && field === '') quoted = true;
    else if (letter === ',') endField();
    else if (letter === '\n') endRow();
    else if (letter !== '\r') field += letter;
  }
  if (quoted) return undefined;
  if (field !== '' || row.length > 0) endRow();
  return rows;
}
