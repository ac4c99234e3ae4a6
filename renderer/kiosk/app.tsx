/** The kiosk, alive: the connection's last snapshot, and what the fingers do. */
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { Press } from '../../contract/kiosk.ts';
import { sayIn, spellIn } from '../strings/catalogue.ts';
import { useVoice } from '../voice/use-voice.ts';
import { useAttention } from './attention.ts';
import { CalmScreen } from './calm-boundary.tsx';
import { useChimes } from './chimes.ts';
import type { Connection } from './connection.ts';
import { useGlass } from './glass.ts';
import type { Kiosk } from './kiosk-context.ts';
import { KioskView } from './kiosk.tsx';
import { useLikes } from './pieces/likes.tsx';
import { useScan } from './scan.ts';
import { useTouch } from './touch.ts';

export function App({ connection }: { readonly connection: Connection }) {
  const { snapshot, live, callDeferred } = useSyncExternalStore(connection.subscribe, connection.current);
  const { screen, screenId, settings } = snapshot;
  const glass = useGlass(snapshot.display.ppi);
  const touch = useTouch(screenId);
  const likes = useLikes(screenId, live);
  const [sent, setSent] = useState<{ press: Press; screenId: number } | null>(null);
  useChimes(screen, screenId);
  const voice = useVoice({ snapshot, form: settings.form, voice: settings.voice, volume: settings.volume });
  useAttention(snapshot);
  useScan(snapshot.display.scanSeconds, screenId);

  useEffect(() => {
    connection.start();
    return () => connection.stop();
  }, [connection]);

  const choose = useCallback(
    (press: Press) => {
      // What was entered goes to the agent and stays nowhere here: a button only needs to know that it was its press.
      const mine = { press: press.choice === 'pin' ? { ...press, digits: [] } : press, screenId };
      setSent(mine);
      void connection.choose(screenId, press).then((answer) => {
        // A choice that was taken stays pressed until its screen goes; a call for staff and the settings stay on theirs.
        if (answer !== 'taken' || press.choice === 'call-staff' || press.choice === 'settings') setSent((now) => (now === mine ? null : now));
      });
    },
    [connection, screenId],
  );
  const { say, spell } = useMemo(() => ({ say: sayIn(settings.form), spell: spellIn(settings.form) }), [settings.form]);
  // Nothing is shown too small to be read: staff are told instead, before anybody stands there.
  if (glass === null) return <CalmScreen trouble="glass-too-small" />;
  const underway = sent && sent.screenId === screenId ? sent.press : null;
  const change: Kiosk['change'] = (wanted) => choose({ choice: 'settings', settings: { ...settings, ...wanted } });
  const kiosk: Kiosk = { snapshot, say, spell, settings, change, likes, glass, touch, underway, choose, live, callDeferred, voice };
  return <KioskView kiosk={kiosk} />;
}
