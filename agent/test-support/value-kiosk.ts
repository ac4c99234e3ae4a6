/** The kiosk of a town whose people have value: the production session on its ports, for tests of whole visits. */
import { createKiosk, type Kiosk } from '../session/kiosk.ts';
import { TOWN_DEVICE } from './ledger-town.ts';
import type { ValueTown } from './value-town.ts';

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
