/** The front of a My Number card, with the place marked where one of the three printed numbers stands. Nobody's card: bars for words. */
import { useKiosk } from '../kiosk-context.ts';

export type CardPart = 'birth' | 'expiry' | 'code';

/** Where each stands, in the picture's units. */
const PLACES: Readonly<Record<CardPart, { readonly x: number; readonly y: number; readonly width: number }>> = {
  birth: { x: 150, y: 84, width: 150 },
  expiry: { x: 150, y: 118, width: 176 },
  code: { x: 150, y: 152, width: 96 },
};

export function CardFront({ part }: { readonly part: CardPart }) {
  const { say } = useKiosk();
  return (
    <div className="picture-place front" role="img" aria-label={say('my-number.card-picture')}>
      <svg className="picture" viewBox="0 0 400 200" aria-hidden="true">
        <rect className="fill-paper line-device" x="3" y="3" width="394" height="194" rx="16" strokeWidth="4" />
        <rect className="fill-pale" x="24" y="22" width="150" height="12" rx="5" />
        <rect className="fill-pale" x="24" y="46" width="300" height="12" rx="5" />
        <rect className="fill-device line-device" x="24" y="78" width="92" height="104" rx="8" strokeWidth="3" />
        <circle className="fill-pale" cx="70" cy="116" r="20" />
        <path className="fill-pale" d="M34 180 a36 34 0 0 1 72 0 z" />
        {(Object.keys(PLACES) as CardPart[]).map((name) => {
          const { x, y, width } = PLACES[name];
          return <rect key={name} className={name === part ? 'fill-ink' : 'fill-pale'} x={x} y={y + 6} width={width} height="13" rx="5" />;
        })}
        <rect className="line-warn" fill="none" x={PLACES[part].x - 12} y={PLACES[part].y - 5} width={PLACES[part].width + 24} height="35" rx="10" strokeWidth="6" />
        <path
          className="line-warn"
          fill="none"
          strokeWidth="7"
          strokeLinecap="round"
          strokeLinejoin="round"
          transform={`translate(${PLACES[part].x + PLACES[part].width + 20} ${PLACES[part].y + 12})`}
          d="M32 0 H4 M16 -12 L4 0 L16 12"
        />
      </svg>
    </div>
  );
}
