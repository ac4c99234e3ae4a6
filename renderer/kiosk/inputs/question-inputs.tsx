/** The ways of answering that are not picked from buttons. Each keeps what is being typed until it is sent; nothing of it outlives its screen. */
import { useState, type ReactNode } from 'react';
import type { QuestionView } from '../../../contract/asking-screens.ts';
import { ERAS, FIRST_DAY, YEAR_ONE, type Era } from '../../../contract/eras.ts';
import type { Answer } from '../../../contract/procedure/answers.ts';
import { useKiosk } from '../kiosk-context.ts';
import { BigButton } from '../pieces/big-button.tsx';
import { Chooser } from '../pieces/chooser.tsx';
import { Digits, Typed } from '../pieces/keypad.tsx';
import { Lines } from '../pieces/words.tsx';
import { useWords } from '../words-of.ts';
import { KanaBoard } from './kana-board.tsx';

/** What an input puts on its question's screen: the place at the right, and what stands under the question. */
export interface InputParts {
  /** Instead of the question, for the steps of an answer. */
  readonly ask?: string;
  readonly shown?: ReactNode;
  readonly keys: ReactNode;
  /** One step back within the answer; left out at its first step. */
  readonly onBack?: () => void;
}
export type Send = (answer: Answer) => void;
type View<T extends QuestionView['type']> = Extract<QuestionView, { type: T }>;

/** Up to so many are counted up and down; more are typed. */
const COUNTED_MAX = 20;

export function useNumber({ least, most, unit }: View<'number'>, send: Send): InputParts {
  const { spell } = useKiosk();
  const words = useWords();
  const [count, setCount] = useState(Math.max(1, least));
  const [typed, setTyped] = useState('');
  if (most > COUNTED_MAX) {
    const digits = String(most).length;
    return {
      shown: <Typed text={typed} hint={words(unit)} />,
      keys: <Digits value={typed} most={digits} onChange={setTyped} ready={typed !== ''} onEnter={() => send(Number(typed))} />,
    };
  }
  return {
    shown: (
      <p className="amount" aria-live="polite">
        {count}
        <small><Lines text={words(unit)} /></small>
      </p>
    ),
    keys: (
      <div className="aside choices">
        <BigButton look="choice" label={spell('button.add')} onPress={() => setCount(Math.min(most, count + 1))} />
        <BigButton look="choice" label={spell('button.fewer')} onPress={() => setCount(Math.max(least, count - 1))} />
        <BigButton look="go" label={spell('button.enter')} onPress={() => send(count)} />
      </div>
    ),
  };
}

export function usePhone(send: Send): InputParts {
  const [typed, setTyped] = useState('');
  return { shown: <Typed text={typed} />, keys: <Digits value={typed} most={11} onChange={setTyped} ready={typed.length >= 10} onEnter={() => send(typed)} /> };
}

export function useKana({ most }: View<'kana'>, send: Send): InputParts {
  const [typed, setTyped] = useState('');
  const text = typed.replace(/　$/, '');
  return { shown: <Typed text={typed} />, keys: <KanaBoard value={typed} most={most} onChange={setTyped} ready={text !== ''} onEnter={() => send(text)} /> };
}

const NAME_MAX = 40;

export function usePeople({ most }: View<'people'>, send: Send): InputParts {
  const { spell } = useKiosk();
  const [people, setPeople] = useState<readonly string[]>([]);
  const [typed, setTyped] = useState('');
  const [asking, setAsking] = useState(false);
  const name = typed.replace(/　$/, '');
  if (asking) {
    return {
      ask: spell('people.count', { count: people.length }),
      shown: <p className="lead">{people.join('、')}</p>,
      keys: (
        <div className="aside choices">
          {people.length < most && <BigButton look="choice" label={spell('button.next-person')} onPress={() => setAsking(false)} />}
          <BigButton look="go" label={spell('button.people-done')} onPress={() => send([...people])} />
        </div>
      ),
      onBack: () => {
        setTyped(people.at(-1) ?? '');
        setPeople(people.slice(0, -1));
        setAsking(false);
      },
    };
  }
  const enter = () => {
    setPeople([...people, name]);
    setTyped('');
    setAsking(true);
  };
  return {
    shown: <Typed text={typed} />,
    keys: <KanaBoard value={typed} most={NAME_MAX} onChange={setTyped} ready={name !== ''} onEnter={enter} />,
    ...(people.length > 0 ? { onBack: () => setAsking(true) } : {}),
  };
}

const DATE_PARTS = ['date.unit-year', 'date.unit-month', 'date.unit-day'] as const;

/** Year, month and day are typed one after the other; the era first, where there is more than one. */
export function useDate({ earliest, latest }: View<'date'>, send: Send): InputParts {
  const { spell } = useKiosk();
  const eras = ERAS.filter((era, index) => FIRST_DAY[era] <= latest && (ERAS[index + 1] === undefined || FIRST_DAY[ERAS[index + 1] as Era] > earliest)).toReversed();
  const [only] = eras.length === 1 ? eras : [];
  const [era, setEra] = useState<Era | undefined>(only);
  const [parts, setParts] = useState<readonly number[]>([]);
  const [typed, setTyped] = useState('');
  if (era === undefined) {
    return { ask: spell('date.era'), keys: <Chooser options={eras.map((one) => ({ label: spell(`era.${one}`) }))} onPick={(index) => setEra(eras[index])} /> };
  }
  const [year, month] = parts;
  // 「Showa (1926–)」: the years stand on the button only.
  const eraName = spell(`era.${era}`).replace(/ .*/, '');
  const ask = year === undefined ? spell('date.year', { era: eraName }) : spell(month === undefined ? 'date.month' : 'date.day');
  const enter = () => {
    const all = [...parts, Number(typed)];
    const [y = 0, m = 0, d = 0] = all;
    setTyped('');
    if (all.length < 3) setParts(all);
    else {
      setParts([]);
      if (only === undefined) setEra(undefined);
      send(`${String(YEAR_ONE[era] + y - 1).padStart(4, '0')}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`);
    }
  };
  const onBack = () => {
    setTyped('');
    if (parts.length > 0) setParts(parts.slice(0, -1));
    else setEra(undefined);
  };
  return {
    ask,
    shown: (
      <>
        <p className="lead"><Lines text={[eraName, ...parts.map((part, index) => `${part}${spell(DATE_PARTS[index] ?? 'date.unit-year')}`)].join(' ')} /></p>
        <Typed text={typed} hint={spell(DATE_PARTS[parts.length] ?? 'date.unit-day')} />
      </>
    ),
    keys: <Digits value={typed} most={2} onChange={setTyped} ready={Number(typed) >= 1} onEnter={enter} />,
    ...(parts.length > 0 || only === undefined ? { onBack } : {}),
  };
}

/** The rows of the 50-音 board, by which parts of the town are found. */
const KANA_ROWS = ['あいうえお', 'かきくけこがぎぐげご', 'さしすせそざじずぜぞ', 'たちつてとだぢづでど', 'なにぬねの', 'はひふへほばびぶべぼぱぴぷぺぽ', 'まみむめも', 'やゆよ', 'らりるれろ', 'わをん'] as const;
/** So many parts of a town are shown without asking for the first letter. */
const FEW_AREAS = 9;

export function useAddress({ areas }: View<'address'>, send: Send): InputParts {
  const { spell } = useKiosk();
  const [row, setRow] = useState<string | null>(areas.length <= FEW_AREAS ? '' : null);
  const [areaId, setAreaId] = useState<string | null>(null);
  const [typed, setTyped] = useState('');
  const area = areas.find(({ id }) => id === areaId);
  if (area) {
    return {
      ask: spell('address.number', { area: area.name }),
      shown: <Typed text={typed} />,
      keys: (
        <Digits
          value={typed}
          most={14}
          extra="-"
          onChange={(value) => setTyped(value.replace(/--+/g, '-').replace(/^-|^0/, ''))}
          ready={/\d$/.test(typed)}
          onEnter={() => send({ area: area.id, number: typed })}
        />
      ),
      onBack: () => setAreaId(null),
    };
  }
  if (row === null) {
    const rows = KANA_ROWS.filter((one) => areas.some(({ kana }) => one.includes(kana[0] ?? '')));
    return { ask: spell('address.row'), keys: <Chooser options={rows.map((one) => ({ label: `${one[0] ?? ''}　${one.slice(0, 5)}`, japanese: true }))} onPick={(index) => setRow(rows[index] ?? null)} /> };
  }
  const found = areas.filter(({ kana }) => row === '' || row.includes(kana[0] ?? ''));
  return {
    ask: spell('address.area'),
    keys: <Chooser options={found.map(({ name, kana }) => ({ label: name, about: kana, japanese: true }))} onPick={(index) => setAreaId(found[index]?.id ?? null)} />,
    ...(areas.length > FEW_AREAS ? { onBack: () => setRow(null) } : {}),
  };
}
