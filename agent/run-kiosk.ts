/**
 * Puts the parts of the agent together on ports that are open already: the synchroniser and the session, each waking the other. The
 * production ports come from `compose.ts`; a simulation hands in others and runs the same kiosk.
 */
import type { KioskSnapshot } from '../contract/kiosk.ts';
import type { NamedReaderStyle } from '../hardware/card/felica-lite-s/felica-channel.ts';
import type { DeviceIdentity } from './identity.ts';
import type { Ports } from './ports.ts';
import { eraseOldCopies } from './services/issue-slip.ts';
import { returnLeases } from './services/return-leases.ts';
import { wantLeases } from './services/want-leases.ts';
import { createKiosk, type Kiosk } from './session/kiosk.ts';
import { createSynchroniser, type Synchroniser } from './sync/synchroniser.ts';

export interface RunningKiosk {
  readonly kiosk: Kiosk;
  readonly frame: Pick<KioskSnapshot, 'town' | 'site' | 'display' | 'simulated'>;
  /** For use cases that must have heard of the town first. */
  readonly sync: Pick<Synchroniser, 'syncOnce'>;
  /** Ends everything and closes reader, scanner, printer and ledger. */
  stop(): Promise<void>;
}

export interface RunningKioskOptions {
  readonly identity: Pick<DeviceIdentity, 'deviceId' | 'cardKey' | 'municipalityName' | 'siteName' | 'deviceLabel'>;
  readonly display: KioskSnapshot['display'];
  readonly simulated: boolean;
  readonly felicaReaders?: readonly NamedReaderStyle[];
  /** As in `KioskOptions`; left out: they do not. */
  readonly sealedSlips?: boolean;
}

/**
 * Print jobs that an earlier run left behind must have been settled before.
 * @param onFailure called at most once, when a service threw and the kiosk cannot go on
 */
export function runKiosk(ports: Ports, options: RunningKioskOptions, onFailure: (error: unknown) => void): RunningKiosk {
  const { ledger, reader, scanner, printer } = ports;
  const { identity, display, simulated } = options;
  const frame = { town: identity.municipalityName, site: identity.siteName, display, simulated };
  let failed = false;
  let stopped = false;
  const failOnce = (error: unknown) => {
    // After the end nothing is missing: an answer may come late, and the ledger is closed.
    if (failed || stopped) return;
    failed = true;
    onFailure(error);
  };
  const synchroniser = createSynchroniser(ports, {
    onLedgerUnavailable: failOnce,
    nobodyThere: () => kiosk.nobodyThere(),
    giveBack: (townTime) => {
      ledger.dropOldCardKeys(townTime);
      eraseOldCopies(ports);
      return returnLeases({ townTime, busyAccount: kiosk.busyAccount() }, ports);
    },
  });
  const kiosk = createKiosk(ports, {
    ...frame,
    deviceId: identity.deviceId,
    cardKey: identity.cardKey,
    deviceLabel: identity.deviceLabel,
    felicaReaders: options.felicaReaders ?? [],
    sealedSlips: options.sealedSlips ?? false,
    online: () => synchroniser.online(),
    sync: synchroniser,
    wakeSync: () => synchroniser.wake(),
    wantLeases: (account) => void wantLeases(account, { ...ports, sync: synchroniser }).catch(failOnce),
    onFailure: failOnce,
  });
  synchroniser.onChange(() => kiosk.refresh());
  return {
    kiosk,
    frame,
    sync: synchroniser,
    async stop() {
      stopped = true;
      kiosk.stop();
      await Promise.all([synchroniser.stop(), reader.close(), scanner?.close(), printer.close()]);
      ledger.close();
    },
  };
}
