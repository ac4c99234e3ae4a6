/** Use case: somebody pressed 職員を呼ぶ. The call gets a number, is recorded, and is shown until staff have had time to come. */
import { momentFromEpoch } from '../../contract/time.ts';
import type { ScreenName } from '../../contract/kiosk.ts';
import { newEntryId } from '../new-id.ts';
import type { Ports } from '../ports.ts';

/** @returns the call's number; @throws LedgerUnavailable */
export function callStaff(
  input: { readonly screen: ScreenName },
  ports: Pick<Ports, 'ledger' | 'clock' | 'randomness' | 'log'>,
): number {
  const callNumber = ports.ledger.nextNumber('staff-call');
  ports.ledger.append({
    id: newEntryId(ports.clock, ports.randomness),
    at: momentFromEpoch(ports.clock.now()),
    fact: { type: 'staff-called', callNumber, screen: input.screen },
  });
  ports.log.event('staff-called', { callNumber, screen: input.screen });
  return callNumber;
}
