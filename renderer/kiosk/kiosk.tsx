/** Draws one snapshot, whatever it is. Holds nothing: the same picture comes out of the same snapshot (the gallery relies on it). */
import { lazy, Suspense, useEffect } from 'react';
import type { KioskSnapshot, Screen } from '../../contract/kiosk.ts';
import type { Say } from '../strings/catalogue.ts';
import { KioskContext, type Kiosk } from './kiosk-context.ts';
import { BalanceScreen } from './screens/balance.tsx';
import { CardMovedScreen } from './screens/card-moved.tsx';
import { CardNotUsableScreen } from './screens/card-not-usable.tsx';
import { ConfirmLoadScreen } from './screens/confirm-load.tsx';
import { FarewellScreen } from './screens/farewell.tsx';
import { LoadedScreen } from './screens/loaded.tsx';
import { placeTitle } from './screens/my-number-place-words.ts';
import { OutOfServiceScreen } from './screens/out-of-service.tsx';
import { buyerCardWords, staffCardWords } from './screens/purchase-words.ts';
import { ReadingScreen } from './screens/reading.tsx';
import { StartScreen } from './screens/start.tsx';
import { StartingScreen } from './screens/starting.tsx';
import { StillThereScreen } from './screens/still-there.tsx';
import { WritingScreen } from './screens/writing.tsx';

const later = () => import('./screens/later.tsx');
const LaterScreen = lazy(() => later().then((module) => ({ default: module.LaterScreen })));

/** Brings what no card needs at once. Asked for as soon as the first screen stands. */
export async function loadLaterScreens(): Promise<void> {
  // Whoever needs one of them while the agent cannot be reached sees the calm screen.
  await later().catch(() => undefined);
}

function ScreenOf({ screen, screenId }: Pick<KioskSnapshot, 'screen' | 'screenId'>) {
  switch (screen.name) {
    case 'starting':
      return <StartingScreen />;
    case 'start':
      return <StartScreen screen={screen} />;
    case 'reading':
      return <ReadingScreen screen={screen} />;
    case 'balance':
      return <BalanceScreen screen={screen} />;
    case 'confirm-load':
      return <ConfirmLoadScreen screen={screen} />;
    case 'writing':
      return <WritingScreen screen={screen} />;
    case 'loaded':
      return <LoadedScreen screen={screen} />;
    case 'card-moved':
      return <CardMovedScreen screen={screen} />;
    case 'card-not-usable':
      return <CardNotUsableScreen screen={screen} />;
    case 'farewell':
      return <FarewellScreen screen={screen} />;
    case 'still-there':
      return <StillThereScreen screen={screen} />;
    case 'out-of-service':
      return <OutOfServiceScreen screen={screen} />;
    default:
      return (
        <Suspense fallback={<StartingScreen standsIn />}>
          <LaterScreen screen={screen} screenId={screenId} />
        </Suspense>
      );
  }
}

/** The screen's main sentence, for screen readers when the screen changes. */
export function spokenSentence(screen: Screen, say: Say): string {
  switch (screen.name) {
    case 'starting':
      return say('starting.title');
    case 'start':
      return say('start.title');
    case 'reading':
      return say('reading.title');
    case 'balance':
      return say(screen.pockets.length === 0 ? 'balance.none' : 'balance.title');
    case 'confirm-load':
      return say(`load.title-${screen.offer.unit}`);
    case 'writing':
      return say(screen.card === 'shown' ? 'starting.wait' : 'writing.title');
    case 'loaded':
      return say('loaded.title');
    case 'printing':
      return say('printing.title');
    case 'printed':
      return say('printed.title');
    case 'print-trouble':
    case 'load-refused':
    case 'not-done':
      return say('safe.money');
    case 'points':
      return say('points.title');
    case 'exchange-amount':
      return say('exchange.how-many');
    case 'exchange-confirm':
      return say('exchange.title');
    case 'give-where':
      return say('give.where');
    case 'give-amount':
      return say('give.how-many');
    case 'give-confirm':
      return say('give.title');
    case 'paper-amount':
      return say('paper.how-many');
    case 'paper-confirm':
      return say('paper.title');
    case 'paper-out':
      return say('paper-out.title');
    case 'paper-kept':
      return `${say('paper-kept.safe')} ${say('paper-kept.title')} ${say('paper-kept.number')} ${screen.slip}`;
    case 'moved':
      return say(screen.to ? 'exchange.done' : 'give.done');
    case 'undecided':
      return `${say('safe.money')} ${say('undecided.title')} ${say('undecided.number')} ${screen.number}`;
    case 'decided':
      return say(screen.happened ? 'decided.happened' : 'decided.not-happened');
    case 'card-moved':
      return say('moved.title');
    case 'card-not-usable':
      return say(`not-usable.${screen.why}`);
    case 'menu':
      return say('menu.title');
    case 'history':
      return say(screen.movements.length === 0 ? 'history.none' : 'history.title');
    case 'no-sale':
      return say('no-sale.title');
    case 'offers':
      return say(screen.sales.length > 0 ? 'offers.title-or-buy' : 'offers.title');
    case 'receive-all':
      return say('receive-all.title');
    case 'received-all':
      return say('received-all.title');
    case 'buy-how-many':
      return say('buy.how-many');
    case 'buy-confirm':
      return say('buy.title');
    case 'buy-call-staff':
      return say(staffCardWords(screen.why).title);
    case 'staff-pin':
      return `${say('staff-secret.title')} ${screen.again ? say('staff-secret.again') : ''}`.trim();
    case 'buy-count-cash':
      return say('count.title');
    case 'buy-put-card':
      return `${say('put-card.recorded')} ${say(buyerCardWords(screen.why, screen.byCode).title)}`;
    case 'bought':
      return say('bought.title');
    case 'buy-waits':
      return `${say('safe.money')} ${say('buy-waits.title')} ${say('buy-waits.number')} ${screen.number}`;
    case 'buy-stopped':
      return `${say('safe.money')} ${say(screen.rule === null ? 'buy-stopped.title' : `not-done.${screen.rule}`)}`;
    case 'procedures':
      return say('procedures.title');
    case 'question':
      // The title is the question, and changes with each step of an answer.
      return say('question.where', { at: screen.at, of: screen.of });
    case 'request-review':
      return say('review.title');
    case 'request-not-taken':
      return say('not-taken.title');
    case 'leave-questions':
      return say('leave.title');
    case 'card-while-asking':
      return say('card-put.title');
    case 'withdraw-request':
      return say('withdraw.title');
    case 'request-withdrawn':
      return say('withdrawn.title');
    case 'survey':
      return say('survey.title');
    case 'my-number-place':
      return say(placeTitle(screen.why));
    case 'my-number-pin':
      return say(screen.way === 'pin' ? 'my-number.secret' : 'my-number.birth');
    case 'my-number-unknown':
      return say('my-number.unknown');
    case 'my-number-wrong-pin':
      return say('my-number.wrong');
    case 'my-number-last-try':
      return say('my-number.last-try');
    case 'my-number-locked':
      return say('my-number.locked');
    case 'my-number-read':
      return `${say('my-number.read')} ${screen.shown ? '' : say('my-number.masked-spoken')}`.trim();
    case 'my-number-take':
      return say('my-number.take');
    case 'link-about':
      return say('link.title');
    case 'link-asking':
      return say('link.asking');
    case 'link-done':
      return say('link.done');
    case 'link-not-done':
      return `${say('safe.nothing-changed')} ${say(`link.${screen.why}`)}`;
    case 'link-not-known':
      return say('link.not-known');
    case 'farewell':
      return say(screen.cardOnReader ? 'farewell.take' : 'farewell.thanks');
    case 'still-there':
      return say('still-there.title');
    case 'out-of-service':
      return `${say(`trouble.${screen.trouble}`)} ${say('staff.please-call')} ${say('trouble.number')} ${screen.number}`;
  }
}

export function KioskView({ kiosk }: { readonly kiosk: Kiosk }) {
  const { glass, settings, snapshot, say } = kiosk;
  useEffect(() => {
    document.documentElement.lang = settings.form === 'en' ? 'en' : 'ja';
    document.title = say('kiosk.name');
  }, [settings.form, say]);
  return (
    <KioskContext value={kiosk}>
      <div className="kiosk" data-glass={glass} data-text={settings.text} data-colours={settings.colours} data-form={settings.form} data-readings={settings.readings || undefined} data-simulated={snapshot.simulated || undefined} data-live={kiosk.live}>
        <ScreenOf screen={snapshot.screen} screenId={snapshot.screenId} />
        <p className="spoken" aria-live="polite">
          {spokenSentence(snapshot.screen, say).replaceAll('\n', '')}
        </p>
      </div>
    </KioskContext>
  );
}
