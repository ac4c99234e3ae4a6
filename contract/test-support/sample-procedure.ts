/** A procedure with a question of every type, for tests. */
import { Area, Procedure } from '../procedure/procedure.ts';
import type { Visit } from '../procedure/answering.ts';
import { LocalDate } from '../time.ts';

const same = (text: string) => ({ ja: text, easy: text, en: text });
const asked = (id: string) => ({ id, ask: same(`${id}?`), label: same(id) });

/** As it would stand in a file: tests change it. */
export const SAMPLE = {
  id: 'sample',
  version: 1,
  name: same('みほん'),
  kind: 'certificate',
  office: { name: '住民生活課', phone: '0164-64-2213' },
  identity: 'none',
  askers: ['self', 'agent'],
  questions: [
    { ...asked('scope'), type: 'choice', options: [{ value: 'all', words: same('全員') }, { value: 'some', words: same('一部') }, { value: 'only-me', words: same('わたし'), when: { asker: 'self' } }] },
    { ...asked('people'), type: 'people', most: 3, when: { question: 'scope', is: 'some' } },
    { ...asked('with-number'), type: 'yes-no', usual: false, yes: same('載せる'), no: same('載せない') },
    { ...asked('copies'), type: 'number', least: 1, most: 10, unit: same('通') },
    { ...asked('why-many'), type: 'list', options: ['a', 'b', 'c', 'd', 'e'].map((value) => ({ value, words: same(value.toUpperCase()) })), when: { question: 'copies', atLeast: 3 }, optional: true },
    { ...asked('fiscal-year'), type: 'fiscal-year', years: 3, newFrom: '06-01' },
    { ...asked('principal'), type: 'by-hand', lines: 1, when: { asker: 'agent' } },
    { ...asked('name'), type: 'by-hand', known: 'name', lines: 1 },
    { ...asked('kana'), type: 'kana', known: 'kana', most: 20 },
    { ...asked('birthday'), type: 'date', known: 'birthday', earliest: '1900-01-01', latest: { days: 0 } },
    { ...asked('place'), type: 'address', known: 'address' },
    { ...asked('phone'), type: 'phone', known: 'phone', optional: true },
  ],
  fee: { id: 'sample-fee', copies: 'copies' },
  notes: [{ text: same('郵送します'), when: { all: [{ asker: 'agent' }, { question: 'with-number', is: true }] } }, { text: same('証明書ではありません') }],
  bring: [{ text: same('委任状'), when: { not: { asker: 'self' } } }],
  staffChecks: [{ text: same('本人確認') }],
};

export const sampleProcedure = (): Procedure => Procedure.parse(SAMPLE);

export const SAMPLE_AREAS = [
  { id: 'tomamae', name: '字苫前', kana: 'とままえ' },
  { id: 'kotanbetsu', name: '字古丹別', kana: 'こたんべつ' },
].map((area) => Area.parse(area));

export const visitOf = (told: Partial<Visit> = {}): Visit => ({ today: LocalDate.parse('2026-11-22'), identity: 'none', known: {}, areas: SAMPLE_AREAS, ...told });
