/** One question: what is asked on the left, how it is answered on the right. 戻る goes one step back, within the answer first. */
import { useEffect, type ReactNode } from 'react';
import type { Screen } from '../../../contract/kiosk.ts';
import type { QuestionView } from '../../../contract/asking-screens.ts';
import { useKiosk } from '../kiosk-context.ts';
import { useAddress, useDate, useKana, useNumber, usePeople, usePhone, type InputParts, type Send } from '../inputs/question-inputs.tsx';
import { BigButton, ChoiceButton, PressButton } from '../pieces/big-button.tsx';
import { Chooser } from '../pieces/chooser.tsx';
import { Frame } from '../pieces/frame.tsx';
import { Lines, Title } from '../pieces/words.tsx';
import { useWords } from '../words-of.ts';

type Question = Extract<Screen, { name: 'question' }>;

/** Whoever types is there, though nothing is sent yet. */
const HERE_EVERY_MS = 10_000;

function useStillHere(): void {
  const { choose } = useKiosk();
  useEffect(() => {
    let told = performance.now();
    const here = () => {
      if (performance.now() - told < HERE_EVERY_MS) return;
      told = performance.now();
      choose({ choice: 'still-here' });
    };
    window.addEventListener('pointerdown', here);
    window.addEventListener('keydown', here);
    return () => {
      window.removeEventListener('pointerdown', here);
      window.removeEventListener('keydown', here);
    };
  }, [choose]);
}

function Layout({ screen, ask, shown, keys, onBack }: Partial<InputParts> & { readonly screen: Question; readonly keys: ReactNode }) {
  const { spell, glass } = useKiosk();
  const words = useWords();
  useStillHere();
  const inBar = glass !== 'tight';
  const leaveOut = (look: 'bar' | 'choice') => screen.optional && <PressButton press={{ choice: 'answer', answer: null }} look={look} label={spell('button.leave-out')} />;
  const bar = (
    <>
      {onBack ? <BigButton look="bar" label={spell('button.back')} onPress={onBack} /> : <ChoiceButton choice="back" look="bar" label={spell('button.back')} />}
      <ChoiceButton choice="finish" look="bar" label={spell('button.stop')} />
      {inBar && leaveOut('bar')}
    </>
  );
  return (
    <Frame layout="two" bar={bar}>
      <div className="words top">
        <p className="where-at">
          <span><Lines text={words(screen.procedure)} /></span> <span className="detail"><Lines text={spell('question.where', { at: screen.at, of: screen.of })} /></span>
        </p>
        <Title text={ask ?? words(screen.ask)} />
        {ask === undefined && screen.help && <p className="help"><Lines text={words(screen.help)} /></p>}
        {screen.fault && <p className="why-not" role="alert"><Lines text={spell(`fault.${screen.fault}`)} /></p>}
        {shown}
        {!inBar && screen.optional && <div className="leave-out">{leaveOut('choice')}</div>}
      </div>
      {keys}
    </Frame>
  );
}

function Options({ screen, view }: { readonly screen: Question; readonly view: Extract<QuestionView, { type: 'options' }> }) {
  const words = useWords();
  return <Layout screen={screen} keys={<Chooser options={view.options.map((option, index) => ({ label: words(option), usual: index === view.usual }))} />} />;
}

interface InputProps<T extends QuestionView['type']> {
  readonly screen: Question;
  readonly view: Extract<QuestionView, { type: T }>;
  readonly send: Send;
}
const NumberQuestion = ({ screen, view, send }: InputProps<'number'>) => <Layout screen={screen} {...useNumber(view, send)} />;
const DateQuestion = ({ screen, view, send }: InputProps<'date'>) => <Layout screen={screen} {...useDate(view, send)} />;
const PeopleQuestion = ({ screen, view, send }: InputProps<'people'>) => <Layout screen={screen} {...usePeople(view, send)} />;
const PhoneQuestion = ({ screen, send }: InputProps<'phone'>) => <Layout screen={screen} {...usePhone(send)} />;
const KanaQuestion = ({ screen, view, send }: InputProps<'kana'>) => <Layout screen={screen} {...useKana(view, send)} />;
const AddressQuestion = ({ screen, view, send }: InputProps<'address'>) => <Layout screen={screen} {...useAddress(view, send)} />;

export function QuestionScreen({ screen }: { readonly screen: Question }) {
  const { choose } = useKiosk();
  const { view } = screen;
  const send: Send = (answer) => choose({ choice: 'answer', answer });
  switch (view.type) {
    case 'options':
      return <Options screen={screen} view={view} />;
    case 'number':
      return <NumberQuestion screen={screen} view={view} send={send} />;
    case 'date':
      return <DateQuestion screen={screen} view={view} send={send} />;
    case 'people':
      return <PeopleQuestion screen={screen} view={view} send={send} />;
    case 'phone':
      return <PhoneQuestion screen={screen} view={view} send={send} />;
    case 'kana':
      return <KanaQuestion screen={screen} view={view} send={send} />;
    case 'address':
      return <AddressQuestion screen={screen} view={view} send={send} />;
  }
}
