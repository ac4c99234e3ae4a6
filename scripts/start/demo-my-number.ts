/**
 * The demo's My Number cards get certificates of a test hierarchy of their own, made on this machine, and the demo town is told to believe
 * that hierarchy. Nothing of it is good anywhere else.
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { identityKept, myNumberDirectory } from '../../hardware/simulator/card-box.ts';
import { pemOf, testHierarchy } from '../../hardware/simulator/my-number/card-identity.ts';

const AUTHORITY = 'my-number-test-authority.pem';

/** @param names the demo's My Number cards */
export function makeDemoMyNumber(places: { readonly cards: string; readonly backendData: string }, names: readonly string[]): void {
  const settings = path.join(places.backendData, 'my-number.json');
  if (existsSync(settings)) return;
  for (const name of names) identityKept(places.cards, name);
  const { authentication } = testHierarchy({ directory: myNumberDirectory(places.cards) });
  writeFileSync(path.join(places.backendData, AUTHORITY), pemOf(authentication.certificate), { mode: 0o600 });
  writeFileSync(settings, `${JSON.stringify({ mode: 'test', authorities: AUTHORITY })}\n`, { mode: 0o600 });
}
