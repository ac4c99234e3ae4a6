/**
 * The gallery: draws one fixture, chosen by the address — `#fixture=start&text=large&colours=contrast&form=en&readings=yes&likes=open&ppi=141`. For
 * tests and for whoever changes a screen; it is built on its own and never part of the kiosk. Presses are written on the page.
 */
import '@fontsource/biz-udpgothic/400.css';
import '@fontsource/biz-udpgothic/700.css';
import '../kiosk/styles/roles.css';
import '../kiosk/styles/kiosk.css';
import '../kiosk/styles/points.css';
import '../kiosk/styles/glass.css';
import '../kiosk/styles/asking.css';
import '../kiosk/styles/likes.css';
import '../kiosk/styles/notices.css';
import '../kiosk/styles/survey.css';
import '../kiosk/styles/my-number.css';
import '../kiosk/styles/link.css';
import '../kiosk/styles/purchase.css';
import '../kiosk/styles/paper.css';
import '../kiosk/styles/little-room.css';
import { useMemo, useState, useSyncExternalStore } from 'react';
import { createRoot } from 'react-dom/client';
import type { Settings } from '../../contract/kiosk.ts';
import { USUAL_SETTINGS } from '../../contract/usual-settings.ts';
import { CalmBoundary, CalmScreen } from '../kiosk/calm-boundary.tsx';
import { readyFonts } from '../kiosk/fonts.ts';
import { useGlass } from '../kiosk/glass.ts';
import { KioskView, loadLaterScreens } from '../kiosk/kiosk.tsx';
import { useLikes } from '../kiosk/pieces/likes.tsx';
import { useTouch } from '../kiosk/touch.ts';
import { sayIn, spellIn } from '../strings/catalogue.ts';
import { NO_VOICE } from '../voice/use-voice.ts';
import { FIXTURES, fixtureNamed, MAIN_FIXTURES } from './fixtures.ts';

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

function Gallery({ address }: { readonly address: string }) {
  const asked = useMemo(() => new URLSearchParams(address.slice(1)), [address]);
  const found = fixtureNamed(asked.get('fixture') ?? 'start');
  const ppi = Number(asked.get('ppi') ?? found.display.ppi);
  const form = asked.get('form');
  const asSettings: Settings = {
    ...USUAL_SETTINGS,
    text: asked.get('text') === 'large' ? 'large' : 'usual',
    colours: asked.get('colours') === 'contrast' ? 'contrast' : 'usual',
    form: form === 'en' || form === 'easy' ? form : 'ja',
    readings: asked.get('readings') === 'yes',
  };
  const [settings, setSettings] = useState<Settings>(asSettings);
  const snapshot = { ...found, settings, display: { ...found.display, ppi } };
  const glass = useGlass(ppi);
  const touch = useTouch(snapshot.screenId);
  const live = asked.get('live') !== 'no';
  const likes = useLikes(snapshot.screenId, live, asked.get('likes') === 'open');
  if (glass === null) return <CalmScreen trouble="glass-too-small" />;
  return (
    <KioskView
      kiosk={{
        snapshot,
        say: sayIn(settings.form),
        spell: spellIn(settings.form),
        settings,
        change: (change) => setSettings((before) => ({ ...before, ...change })),
        likes,
        glass,
        touch,
        underway: null,
        choose: (press) => {
          const written = press.choice === 'pin' ? `pin:${press.digits.join()}` : press.choice;
          document.body.dataset['chosen'] = `${document.body.dataset['chosen'] ?? ''} ${written}`.trim();
        },
        live,
        callDeferred: asked.get('deferred') === 'yes',
        voice: { ...NO_VOICE, none: asked.get('voice') === 'none' },
      }}
    />
  );
}

function Shown() {
  const address = useSyncExternalStore(subscribe, () => location.hash);
  if (address === '#calm') return <CalmScreen />;
  return <Gallery key={address} address={address} />;
}

document.body.dataset['fixtures'] = FIXTURES.map(({ name }) => name).join(' ');
document.body.dataset['mainFixtures'] = MAIN_FIXTURES.join(' ');
const place = document.getElementById('kiosk');
if (!place) throw new Error('gallery.html has no place for the kiosk.');
await loadLaterScreens();
createRoot(place).render(
  <CalmBoundary reload={() => undefined}>
    <Shown />
  </CalmBoundary>,
);
readyFonts();
