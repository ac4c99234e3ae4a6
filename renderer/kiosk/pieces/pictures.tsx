/**
 * The pictures: where the card goes, as this kiosk really stands, and where the paper comes out. Drawn from the colour roles, so
 * they follow the theme; only the place that waits for a card breathes (kiosk.css), and not at all with reduced motion.
 */
import { useKiosk } from '../kiosk-context.ts';

/** `bring` the card is wanted · `on` it lies there and stays · `take` it may go · `reader` nothing to do with a card now. */
export type CardPose = 'bring' | 'on' | 'take' | 'reader';

function Card({ x, y, tilt = 0 }: { readonly x: number; readonly y: number; readonly tilt?: number }) {
  return (
    <g transform={`translate(${x} ${y}) rotate(${tilt} 92 56)`}>
      <rect className="fill-key" width="184" height="112" rx="12" />
      <rect className="fill-paper" x="15" y="15" width="64" height="13" rx="5" />
      <rect className="fill-pale" x="15" y="77" width="106" height="8" rx="4" />
      <circle className="fill-mark" cx="152" cy="80" r="17" />
    </g>
  );
}

function Reader({ x, y, waiting }: { readonly x: number; readonly y: number; readonly waiting: boolean }) {
  return (
    <g transform={`translate(${x} ${y})`}>
      <rect className="fill-device line-device" width="314" height="122" rx="20" strokeWidth="4" />
      <rect className={waiting ? 'fill-paper line-device breathes' : 'fill-paper line-device'} x="36" y="23" width="242" height="76" rx="12" strokeWidth="3" />
      <rect className="fill-key" x="122" y="57" width="70" height="7" rx="3.5" />
    </g>
  );
}

function Waves() {
  return (
    <g className="line-key" fill="none" strokeWidth="7" strokeLinecap="round">
      <path d="M-82 -58 Q0 -112 82 -58" opacity="0.4" />
      <path d="M-60 -36 Q0 -84 60 -36" opacity="0.7" />
      <path d="M-38 -12 Q0 -44 38 -12" />
    </g>
  );
}

/** An arrow of 100 units that points down; turned by `angle` degrees. */
function Arrow({ x, y, angle }: { readonly x: number; readonly y: number; readonly angle: number }) {
  return (
    <path
      className="line-warn"
      transform={`translate(${x} ${y}) rotate(${angle})`}
      d="M0 -50 V46 M-28 16 L0 46 L28 16"
      fill="none"
      strokeWidth="9"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  );
}

function CardBelow({ pose }: { readonly pose: CardPose }) {
  return (
    <svg className="picture" viewBox={pose === 'reader' ? '0 104 326 346' : '0 0 340 346'} aria-hidden="true">
      <Reader x={6} y={218} waiting={pose === 'bring'} />
      {pose === 'bring' && (
        <>
          <Card x={71} y={8} tilt={-5} />
          <g transform="translate(163 217)">
            <Waves />
          </g>
        </>
      )}
      {pose === 'on' && <Card x={71} y={118} />}
      {pose === 'take' && <Card x={71} y={40} />}
      {pose === 'bring' && <Arrow x={305} y={140} angle={0} />}
      {pose === 'take' && <Arrow x={305} y={110} angle={180} />}
    </svg>
  );
}

/** The reader stands beside the glass: the same picture lying down. Drawn for the left; turned around for the right. */
function CardBeside({ pose, side }: { readonly pose: CardPose; readonly side: 'left' | 'right' }) {
  const left = side === 'left';
  const at = (x: number, width: number) => (left ? x : 520 - x - width);
  return (
    <svg className="picture" viewBox="0 -14 520 330" aria-hidden="true">
      <g transform={`translate(${at(8, 122)} -8) rotate(90 0 0) translate(0 -122)`}>
        <Reader x={0} y={0} waiting={pose === 'bring'} />
      </g>
      {pose === 'bring' && (
        <>
          <g transform={`translate(${left ? 136 : 384} 148) rotate(${left ? 90 : -90}) translate(0 0)`}>
            <Waves />
          </g>
          <Card x={at(300, 184)} y={92} tilt={left ? 5 : -5} />
          <Arrow x={at(300, 184) + 92} y={252} angle={left ? 90 : -90} />
        </>
      )}
      {pose === 'on' && <Card x={at(90, 184)} y={92} />}
      {pose === 'take' && (
        <>
          <Card x={at(250, 184)} y={92} />
          <Arrow x={at(250, 184) + 92} y={252} angle={left ? -90 : 90} />
        </>
      )}
    </svg>
  );
}

export function CardPicture({ pose }: { readonly pose: CardPose }) {
  const { say, snapshot } = useKiosk();
  const side = snapshot.display.readerSide;
  return (
    <div className="picture-place" role="img" aria-label={say(`picture.${pose}`)}>
      {side === 'below' ? <CardBelow pose={pose} /> : <CardBeside pose={pose} side={side} />}
    </div>
  );
}

/** Squares of the picture's code, a row a text. Three corners and some of the middle: it looks like a QR code and says nothing. */
const CODE_ROWS = ['1110111', '1010101', '1110111', '0011010', '1110110', '1010011', '1110101'];

/** A paper card whose code is shown: nothing lies anywhere, so there is no place and no direction to it. */
export function CodePicture() {
  const { say } = useKiosk();
  return (
    <div className="picture-place" role="img" aria-label={say('picture.code')}>
      <svg className="picture" viewBox="0 0 340 346" aria-hidden="true">
        <rect className="fill-paper line-device" x="40" y="60" width="260" height="170" rx="14" strokeWidth="4" />
        <rect className="fill-key" x="184" y="84" width="90" height="14" rx="5" />
        <rect className="fill-pale" x="184" y="116" width="90" height="8" rx="4" />
        <rect className="fill-pale" x="184" y="140" width="64" height="8" rx="4" />
        {CODE_ROWS.flatMap((row, y) => [...row].map((square, x) => square === '1' && <rect className="fill-ink" key={`${x} ${y}`} x={64 + 15 * x} y={92 + 15 * y} width="15.5" height="15.5" />))}
        <g transform="translate(170 330)">
          <Waves />
        </g>
      </svg>
    </div>
  );
}

/** `printing` the paper is coming · `take` it may be taken · `none` no paper came. */
export function PaperPicture({ pose }: { readonly pose: 'printing' | 'take' | 'none' }) {
  const { say } = useKiosk();
  return (
    <div className="picture-place" role="img" aria-label={say('picture.printer')}>
      <svg className="picture" viewBox={pose === 'none' ? '0 75 326 346' : '0 0 340 346'} aria-hidden="true">
        <rect className="fill-device line-device" x="6" y="168" width="314" height="160" rx="20" strokeWidth="4" />
        <rect className="fill-ink" x="62" y="186" width="202" height="14" rx="7" />
        {pose !== 'none' && (
          <g className={pose === 'printing' ? 'paper-rises' : undefined}>
            <path className="fill-paper line-device" d="M80 193 V26 l14 -12 14 12 14 -12 14 12 14 -12 14 12 14 -12 14 12 14 -12 14 12 14 -12 12 12 V193 Z" strokeWidth="4" strokeLinejoin="round" />
            <path className="line-ink" d="M104 62 H206 M104 92 H222 M104 122 H180" strokeWidth="8" strokeLinecap="round" />
          </g>
        )}
        {pose === 'take' && <Arrow x={300} y={90} angle={180} />}
      </svg>
    </div>
  );
}

/** The slip itself, as it comes out of the printer. */
export function SlipPicture({ svg }: { readonly svg: string }) {
  const { say } = useKiosk();
  return (
    <div className="picture-place slip-place">
      <img className="slip" alt={say('picture.slip')} src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`} />
    </div>
  );
}
