import { expect, it } from 'vitest';
import type { EmergencyView, KioskSnapshot } from '../../contract/kiosk.ts';
import { fixtureNamed } from '../gallery/fixtures.ts';
import { attention, type Sounded } from './attention.ts';

const [EMERGENCY] = fixtureNamed('start-emergency').emergencies;
if (!EMERGENCY) throw new Error('The gallery shows no emergency.');

/** What is heard while these snapshots come one after the other. */
function heard(...snapshots: ReadonlyArray<Partial<KioskSnapshot>>): Array<string | null> {
  let sounded: Sounded = { call: null, emergencies: [] };
  return snapshots.map((changes) => {
    const next = attention(sounded, { ...fixtureNamed('start'), ...changes });
    ({ sounded } = next);
    return next.chime;
  });
}

const emergencies: EmergencyView[] = [EMERGENCY];
const { screen: balance } = fixtureNamed('balance-three');

it('sounds once for each call for staff, on whatever screen', () => {
  expect(heard({}, { staffCall: { number: 3 } }, { staffCall: { number: 3 }, screen: balance }, {}, { staffCall: { number: 4 } })).toEqual([null, 'call', null, null, 'call']);
});

it('sounds once for an emergency on the idle screen, and again for another', () => {
  expect(heard({ emergencies }, { emergencies }, { emergencies: [{ ...EMERGENCY, id: 'quake' }, EMERGENCY] })).toEqual(['look', null, 'look']);
});

it('leaves whoever is being served in peace until the idle screen is back', () => {
  expect(heard({ emergencies, screen: balance }, { emergencies, screen: balance }, { emergencies }, { screen: balance, emergencies }, { emergencies })).toEqual([null, null, 'look', null, null]);
});

it('sounds again when what was over comes back', () => {
  expect(heard({ emergencies }, {}, { emergencies })).toEqual(['look', null, 'look']);
});
