/** The kiosk of a town whose people have value: the production session on its ports, for tests of whole visits. */
import { KioskSnapshot, type PlainChoice } from '../../contract/kiosk.ts';
import { createKiosk, type Kiosk } from '../session/kiosk.ts';
import { TOWN_DEVICE } from './ledger-town.ts';
import { settle as settleNow } from './manual-clock.ts';
import type { CardName, ValueTown } from './value-town.ts';

type KioskPorts = Parameters<typeof createKiosk>[0];
type Changed = Pick<KioskPorts, 'printer'> & Partial<Pick<KioskPorts, 'scanner' | 'requestCodes' | 'drawSlip' | 'slipCopies'>>;

/** @param options.onFailure hears of whatever the kiosk could not go on with */
export function kioskOf(town: ValueTown, changed: Changed, options: { readonly online?: () => boolean; readonly ppi?: number; readonly onFailure: (error: unknown) => void }): Kiosk {
  const { cardKey, felicaReaders, sync, ...ports } = town.ports;
  return createKiosk(
    { ...ports, ...changed },
    {
      cardKey, felicaReaders, sync, deviceId: TOWN_DEVICE, sealedSlips: false,
      town: '苫前町', site: '苫前町役場', deviceLabel: '役場1', display: { ppi: options.ppi ?? 102.6, readerSide: 'below' }, simulated: false,
      online: options.online ?? (() => true),
      wakeSync: () => undefined,
      onFailure: options.onFailure,
    },
  );
}

/**
 * What somebody at such a kiosk sees and does.
 * @param at the kiosk they come to; begun when it is not
 * @param settle waits until everything that follows has happened
 */
export function visitorOf(town: () => ValueTown, at: () => Kiosk, settle: () => Promise<void> = settleNow) {
  const screen = () => KioskSnapshot.parse(at().snapshot()).screen;
  return {
    screen,
    name: () => screen().name,
    /** Plain choices, or the number of what is picked, one after the other. */
    async press(...presses: ReadonlyArray<PlainChoice | number>): Promise<void> {
      for (const pressed of presses) {
        const { screenId } = at().snapshot();
        at().choose(typeof pressed === 'number' ? { screenId, choice: 'pick', index: pressed } : { screenId, choice: pressed });
        await settle();
      }
    },
    async put(card: CardName): Promise<void> {
      at();
      town().lay(card);
      await settle();
    },
    async take(): Promise<void> {
      town().reader.remove();
      await settle();
    },
  };
}
