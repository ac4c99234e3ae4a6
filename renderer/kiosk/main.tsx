/** The resident's window: starts the connection and draws. Nothing else happens here. */
import '@fontsource/biz-udpgothic/400.css';
import '@fontsource/biz-udpgothic/700.css';
import './styles/roles.css';
import './styles/kiosk.css';
import './styles/points.css';
import './styles/glass.css';
import './styles/asking.css';
import './styles/likes.css';
import './styles/notices.css';
import './styles/survey.css';
import './styles/my-number.css';
import './styles/link.css';
import './styles/purchase.css';
import './styles/paper.css';
import './styles/little-room.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { CalmBoundary } from './calm-boundary.tsx';
import { Connection, sameOriginLine, waitingCallIn } from './connection.ts';
import { readyFonts } from './fonts.ts';
import { loadLaterScreens } from './kiosk.tsx';

const place = document.getElementById('kiosk');
if (!place) throw new Error('index.html has no place for the kiosk.');
// React reports what it caught on the console, data and all; the calm screen is the report people need.
createRoot(place, { onCaughtError: () => undefined }).render(
  <CalmBoundary reload={() => location.reload()}>
    <App connection={new Connection(sameOriginLine(), waitingCallIn(localStorage))} />
  </CalmBoundary>,
);
readyFonts();
void loadLaterScreens();
