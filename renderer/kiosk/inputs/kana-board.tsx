/**
 * The 50-音 board. On a large glass every row stands there; on a small one a row is chosen first. Small kana and voiced ones are made from
 * the last letter, as on every ticket machine: か → が, つ → っ → づ.
 */
import { useState } from 'react';
import type { Glass } from '../glass.ts';
import { useKiosk } from '../kiosk-context.ts';
import { Key, Keys } from '../pieces/keypad.tsx';

/** From あ to わ; a blank keeps a place free. */
const ROWS = ['アイウエオ', 'カキクケコ', 'サシスセソ', 'タチツテト', 'ナニヌネノ', 'ハヒフヘホ', 'マミムメモ', 'ヤ　ユ　ヨ', 'ラリルレロ', 'ワヲンー・'] as const;
/** Each letter and what it becomes, in turn. */
const TURNS = [
  'カガ', 'キギ', 'クグ', 'ケゲ', 'コゴ', 'サザ', 'シジ', 'スズ', 'セゼ', 'ソゾ', 'タダ', 'チヂ', 'ツッヅ', 'テデ', 'トド', 'ハバパ', 'ヒビピ', 'フブプ', 'ヘベペ', 'ホボポ',
  'アァ', 'イィ', 'ウゥヴ', 'エェ', 'オォ', 'ヤャ', 'ユュ', 'ヨョ', 'ワヮ',
];

/** 「カ」 → 「ガ」; a letter without another form stays as it is. */
export function turned(text: string): string {
  const last = text.slice(-1);
  const forms = TURNS.find((candidate) => candidate.includes(last));
  if (last === '' || !forms) return text;
  return text.slice(0, -1) + (forms[(forms.indexOf(last) + 1) % forms.length] ?? last);
}

interface KanaBoardProps {
  readonly value: string;
  readonly most: number;
  readonly onChange: (value: string) => void;
  readonly onEnter: () => void;
  readonly ready: boolean;
}

/** Whether a glass has room for all letters at once. */
const holdsAll = (glass: Glass) => glass === 'roomy' || glass === 'tall';

export function KanaBoard({ value, most, onChange, onEnter, ready }: KanaBoardProps) {
  const { spell, glass, snapshot } = useKiosk();
  const scanned = snapshot.display.scanSeconds !== undefined;
  const [row, setRow] = useState<string | null>(null);
  const type = (letter: string) => {
    if (value.length < most) onChange(value + letter);
    setRow(null);
  };
  // A single switch would take minutes over sixty keys.
  const letters = holdsAll(glass) && !scanned ? ROWS : row === null ? null : [row];
  const canBlank = value !== '' && !value.endsWith('　');
  return (
    <Keys name={`kana ${scanned && glass === 'roomy' ? 'compact' : glass}${letters?.length === 1 ? ' one-row' : ''}`}>
      {letters
        ? letters.map((one, column) =>
            [...one].map((letter, place) =>
              letter === '　' ? <span key={`${column} ${place}`} aria-hidden="true" /> : <Key key={letter} label={letter} onPress={() => type(letter)} />,
            ),
          )
        : ROWS.map((one) => <Key key={one} label={one[0] ?? ''} onPress={() => setRow(one)} />)}
      <div className="edit-keys">
        <Key label="゛゜ャ" wide onPress={() => onChange(turned(value))} />
        <Key label={spell('button.blank')} wide onPress={() => canBlank && value.length < most && onChange(`${value}　`)} />
        {letters?.length === 1 ? <Key label={spell('button.other-rows')} wide onPress={() => setRow(null)} /> : <Key label={spell('button.erase')} wide onPress={() => onChange(value.slice(0, -1))} />}
        {ready && <Key label={spell('button.enter')} wide look="key go" onPress={onEnter} />}
      </div>
    </Keys>
  );
}
