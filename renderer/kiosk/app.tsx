/** The kiosk, alive: the connection's last snapshot, this session's settings, and what the fingers do. */
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { Press } from '../../contract/kiosk.ts';
import { sayIn } from '../strings/catalogue.ts';
import { useAttention } from './attention.ts';
import { useChimes } from './chimes.ts';
import type { Connection } from './connection.ts';
import { useGlass } from './glass.ts';
import type { Kiosk } from './kiosk-context.ts';
import { KioskView } from './kiosk.tsx';
import { useSettings } from './settings.ts';
import { useTouch } from './touch.ts';

export function App({ connection }: { readonly connection: Connection }) {
  const { snapshot, live, callDeferred } = useSyncExternalStore(connection.subscribe, connection.current);
  const { screen, screenId } = snapshot;
  const glass = useGlass(snapshot.display.ppi);
  const [settings, change] = useSettings(screen.name);
  const touch = useTouch(screenId);
  const [sent, setSent] = useState<{ press: Press; screenId: number } | null>(null);
  useChimes(screen, screenId);
  useAttention(snapshot);

  useEffect(() => {
    connection.start();
    return () => connection.stop();
  }, [connection]);

  const choose = useCallback(
    (press: Press) => {
      const mine = { press, screenId };
      setSent(mine);
      void connection.choose(screenId, press).then((answer) => {
        // A choice that was taken stays pressed until its screen goes; a call for staff stays on its screen.
        if (answer !== 'taken' || press.choice === 'call-staff') setSent((now) => (now === mine ? null : now));
      });
    },
    [connection, screenId],
  );
  const say = useMemo(() => sayIn(settings.language), [settings.language]);
  const underway = sent && sent.screenId === screenId ? sent.press : null;
  const kiosk: Kiosk = { snapshot, say, settings, change, glass, touch, underway, choose, live, callDeferred };
  return <KioskView kiosk={kiosk} />;
}
