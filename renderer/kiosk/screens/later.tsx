/** The screens that nobody sees first: they come in a file of their own, so that the first one stands sooner. */
import type { KioskSnapshot, Screen } from '../../../contract/kiosk.ts';
import { BoughtScreen, BuyConfirmScreen, BuyHowManyScreen, BuyStoppedScreen, BuyWaitsScreen } from './buying.tsx';
import { NoSaleScreen } from './no-sale.tsx';
import { HistoryScreen } from './history.tsx';
import { LinkAboutScreen, LinkAskingScreen, LinkDoneScreen, LinkNotDoneScreen, LinkNotKnownScreen } from './link.tsx';
import { LoadRefusedScreen } from './load-refused.tsx';
import { MenuScreen } from './menu.tsx';
import { OffersScreen } from './offers.tsx';
import { MovedScreen } from './moved.tsx';
import { NotDoneScreen } from './not-done.tsx';
import { MyNumberLockedScreen, MyNumberReadScreen, MyNumberTakeScreen, MyNumberTryScreen, MyNumberUnknownScreen } from './my-number-answers.tsx';
import { MyNumberPinScreen } from './my-number-pin.tsx';
import { MyNumberPlaceScreen } from './my-number-place.tsx';
import { ExchangeConfirmScreen, GiveConfirmScreen } from './points-confirm.tsx';
import { ExchangeAmountScreen, GiveAmountScreen, GiveWhereScreen, PointsScreen } from './points.tsx';
import { PaperAmountScreen, PaperConfirmScreen, PaperKeptScreen, PaperOutScreen } from './paper.tsx';
import { PrintTroubleScreen } from './print-trouble.tsx';
import { PrintedScreen } from './printed.tsx';
import { PrintingScreen } from './printing.tsx';
import { ProceduresScreen } from './procedures.tsx';
import { QuestionScreen } from './question.tsx';
import { ReceiveAllScreen, ReceivedAllScreen } from './receive-all.tsx';
import { RequestReviewScreen } from './request-review.tsx';
import { CardWhileAskingScreen, LeaveQuestionsScreen, RequestNotTakenScreen, RequestWithdrawnScreen, WithdrawRequestScreen } from './request-words.tsx';
import { BuyCallStaffScreen, BuyCountCashScreen, BuyPutCardScreen, StaffPinScreen } from './staff-at-sale.tsx';
import { SurveyScreen } from './survey.tsx';
import { DecidedScreen, UndecidedScreen } from './undecided.tsx';

type FirstScreen = 'balance' | 'card-moved' | 'card-not-usable' | 'confirm-load' | 'farewell' | 'loaded' | 'out-of-service' | 'reading' | 'start' | 'starting' | 'still-there' | 'writing';
/** Every screen but those that kiosk.tsx draws itself. */
type Later = Exclude<Screen, { name: FirstScreen }>;

export function LaterScreen({ screen, screenId }: { readonly screen: Later } & Pick<KioskSnapshot, 'screenId'>) {
  switch (screen.name) {
    case 'printing':
      return <PrintingScreen screen={screen} />;
    case 'printed':
      return <PrintedScreen screen={screen} />;
    case 'print-trouble':
      return <PrintTroubleScreen screen={screen} />;
    case 'load-refused':
      return <LoadRefusedScreen screen={screen} />;
    case 'points':
      return <PointsScreen screen={screen} />;
    case 'exchange-amount':
      return <ExchangeAmountScreen screen={screen} />;
    case 'exchange-confirm':
      return <ExchangeConfirmScreen screen={screen} />;
    case 'give-where':
      return <GiveWhereScreen screen={screen} />;
    case 'give-amount':
      return <GiveAmountScreen screen={screen} />;
    case 'give-confirm':
      return <GiveConfirmScreen screen={screen} />;
    case 'moved':
      return <MovedScreen screen={screen} />;
    case 'paper-amount':
      return <PaperAmountScreen screen={screen} />;
    case 'paper-confirm':
      return <PaperConfirmScreen screen={screen} />;
    case 'paper-out':
      return <PaperOutScreen screen={screen} />;
    case 'paper-kept':
      return <PaperKeptScreen screen={screen} />;
    case 'not-done':
      return <NotDoneScreen screen={screen} />;
    case 'undecided':
      return <UndecidedScreen screen={screen} />;
    case 'decided':
      return <DecidedScreen screen={screen} />;
    case 'menu':
      return <MenuScreen screen={screen} />;
    case 'no-sale':
      return <NoSaleScreen screen={screen} />;
    case 'history':
      return <HistoryScreen screen={screen} />;
    case 'offers':
      return <OffersScreen screen={screen} />;
    case 'receive-all':
      return <ReceiveAllScreen screen={screen} />;
    case 'received-all':
      return <ReceivedAllScreen screen={screen} />;
    case 'buy-how-many':
      return <BuyHowManyScreen screen={screen} />;
    case 'buy-confirm':
      return <BuyConfirmScreen screen={screen} />;
    case 'buy-call-staff':
      return <BuyCallStaffScreen screen={screen} />;
    case 'buy-count-cash':
      return <BuyCountCashScreen screen={screen} />;
    case 'buy-put-card':
      return <BuyPutCardScreen screen={screen} />;
    case 'bought':
      return <BoughtScreen screen={screen} />;
    case 'buy-waits':
      return <BuyWaitsScreen screen={screen} />;
    case 'buy-stopped':
      return <BuyStoppedScreen screen={screen} />;
    case 'staff-pin':
      return <StaffPinScreen key={screenId} screen={screen} />;
    case 'procedures':
      return <ProceduresScreen screen={screen} />;
    case 'question':
      return <QuestionScreen screen={screen} />;
    case 'request-review':
      return <RequestReviewScreen screen={screen} />;
    case 'request-not-taken':
      return <RequestNotTakenScreen />;
    case 'leave-questions':
      return <LeaveQuestionsScreen screen={screen} />;
    case 'card-while-asking':
      return <CardWhileAskingScreen />;
    case 'withdraw-request':
      return <WithdrawRequestScreen screen={screen} />;
    case 'request-withdrawn':
      return <RequestWithdrawnScreen screen={screen} />;
    case 'survey':
      return <SurveyScreen screen={screen} />;
    case 'my-number-place':
      return <MyNumberPlaceScreen screen={screen} />;
    case 'my-number-pin':
      return <MyNumberPinScreen key={screenId} screen={screen} />;
    case 'my-number-unknown':
      return <MyNumberUnknownScreen screen={screen} />;
    case 'my-number-wrong-pin':
    case 'my-number-last-try':
      return <MyNumberTryScreen screen={screen} />;
    case 'my-number-locked':
      return <MyNumberLockedScreen screen={screen} />;
    case 'my-number-read':
      return <MyNumberReadScreen screen={screen} />;
    case 'my-number-take':
      return <MyNumberTakeScreen />;
    case 'link-about':
      return <LinkAboutScreen />;
    case 'link-asking':
      return <LinkAskingScreen />;
    case 'link-done':
      return <LinkDoneScreen screen={screen} />;
    case 'link-not-done':
      return <LinkNotDoneScreen screen={screen} />;
    case 'link-not-known':
      return <LinkNotKnownScreen />;
  }
}
