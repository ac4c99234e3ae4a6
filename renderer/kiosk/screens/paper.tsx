/** Tickets come out of a card as paper: how many, before and after, and then that they are out, or that staff hand them over. */
import type { Screen } from '../../../contract/kiosk.ts';
import { amountInWords } from '../../strings/amounts.ts';
import { untilDay } from '../../strings/dates.ts';
import { useKiosk } from '../kiosk-context.ts';
import { AmountPanel } from '../pieces/amounts.tsx';
import { ChoiceButton, PressButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { DoneIcon, MoreIcon } from '../pieces/icons.tsx';
import { PagedChoices } from '../pieces/paged-choices.tsx';
import { PaperPicture, SlipPicture } from '../pieces/pictures.tsx';
import { BackBar, ContinueButton } from '../pieces/usual-buttons.tsx';
import { Lines, Safe, Title } from '../pieces/words.tsx';
import { Have, labelOf } from './points.tsx';

export function PaperAmountScreen({ screen }: { readonly screen: Extract<Screen, { name: 'paper-amount' }> }) {
  const { spell, settings } = useKiosk();
  const { from, suggested } = screen;
  return (
    <Frame layout="two" bar={<BackBar end="stop" />}>
      <div className="words">
        <Title text={spell('paper.how-many')} />
        <Have from={{ name: from.name, unit: 'ticket', amount: from.tickets }} />
      </div>
      <PagedChoices
        choices={suggested.map((tickets, index) => (
          <PressButton key={index} press={{ choice: 'pick', index }} look="choice" label={labelOf(amountInWords(tickets, 'ticket', settings.form), tickets === from.tickets ? 'all' : 'other', spell)} />
        ))}
      />
    </Frame>
  );
}

export function PaperConfirmScreen({ screen }: { readonly screen: Extract<Screen, { name: 'paper-confirm' }> }) {
  const { spell, settings, snapshot } = useKiosk();
  const { scheme, tickets, before, after, lastDay } = screen;
  return (
    <Frame layout="load" bar={<BackBar end="stop" />}>
      <Title text={spell('paper.title')} />
      <p className="lead what">
        <span lang="ja">{scheme}</span> <b><Lines text={amountInWords(tickets, 'ticket', settings.form)} /></b> <span className="detail"><Lines text={untilDay(lastDay, snapshot.now, settings.form)} /></span>
      </p>
      <AmountPanel look="before" title={spell('points.now')} amount={before} unit="ticket" />
      <div className="arrow">
        <MoreIcon />
      </div>
      <AmountPanel look="after" title={spell('paper.left')} amount={after} unit="ticket" />
      <p className="usable">
        <b><Lines text={spell('paper.leaves')} /></b>
        <span className="detail"><Lines text={spell('paper.look-after')} /></span>
      </p>
      <ChoiceButton choice="decline" look="plain" label={spell('button.do-not-paper')} about={spell('points.nothing-changes')} />
      <ChoiceButton choice="confirm" look="go" label={spell('button.paper')} />
    </Frame>
  );
}

export function PaperOutScreen({ screen }: { readonly screen: Extract<Screen, { name: 'paper-out' }> }) {
  const { spell, settings } = useKiosk();
  const { scheme, tickets, left, preview, weakProof } = screen;
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="words">
        <div className="done">
          <DoneIcon />
          <Title text={spell('paper-out.title')} />
        </div>
        <p className="lead what">
          <span lang="ja">{scheme}</span> <b><Lines text={amountInWords(tickets, 'ticket', settings.form)} /></b>
        </p>
        <p className="lead"><Lines text={spell(weakProof ? 'printed.weak-proof' : 'paper-out.hand')} /></p>
        <p className="lead"><Lines text={spell('paper.look-after')} /></p>
        <p className="lead detail">
          <Lines text={spell('paper.left')} /> <b><Lines text={amountInWords(left, 'ticket', settings.form)} /></b>
        </p>
      </div>
      <div className="aside choices">
        <ContinueButton />
        {preview === null ? <PaperPicture pose="take" /> : <SlipPicture svg={preview} />}
      </div>
    </Frame>
  );
}

export function PaperKeptScreen({ screen }: { readonly screen: Extract<Screen, { name: 'paper-kept' }> }) {
  const { spell, settings } = useKiosk();
  const { scheme, tickets, slip, mayBeThere, trouble } = screen;
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="words">
        <Safe title={spell('paper-kept.safe')}>{spell('paper-kept.safe-about')}</Safe>
        <Title text={spell('paper-kept.title')} />
        <p className="lead what">
          <span lang="ja">{scheme}</span> <b><Lines text={amountInWords(tickets, 'ticket', settings.form)} /></b>
        </p>
        {mayBeThere && <p className="lead maybe"><Lines text={spell('paper-kept.maybe')} /></p>}
        <p className="number">
          <Lines text={spell('paper-kept.number')} /> <b lang="ja">{slip}</b>
        </p>
        {trouble && (
          <p className="lead trouble">
            <Lines text={spell('paper-kept.printer')} /> <b>{trouble.number}</b>
          </p>
        )}
      </div>
      <div className="aside choices">
        <p className="why-not">
          <b><Lines text={spell('paper-kept.tell')} /></b>
        </p>
        <ContinueButton />
        <PaperPicture pose={mayBeThere ? 'take' : 'none'} />
      </div>
    </Frame>
  );
}
