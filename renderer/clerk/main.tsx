/** The clerk's page: one file, opened from a disk. Says it when the browser cannot open codes; nothing else happens here. */
import '../kiosk/styles/roles.css';
import './clerk.css';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import { ClerkPage } from './clerk-page.tsx';
import { Desk } from './desk.ts';

// The page's policy forbids making code from text, which zod would try.
z.config({ jitless: true });

/** Whether the browser has the algorithms: X25519 opens, Ed25519 tells who signed. */
async function canOpenCodes(): Promise<boolean> {
  try {
    await Promise.all([crypto.subtle.generateKey('X25519', false, ['deriveBits']), crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])]);
    return true;
  } catch {
    return false;
  }
}

const place = document.getElementById('clerk');
if (!place) throw new Error('The page has no place for the desk.');
const root = createRoot(place, { onCaughtError: () => undefined, onUncaughtError: () => undefined });
void canOpenCodes().then((canOpen) => root.render(<ClerkPage desk={new Desk()} canOpen={canOpen} />));
