/**
 * Dots on paper as a PNG picture: one bit a dot, and the paper's own size (8 dots a millimetre), so that whoever opens or prints it sees the slip as
 * large as it is. Source: PNG specification (ISO/IEC 15948), chunks IHDR, PLTE, pHYs, IDAT, IEND.
 */
import { crc32, deflateSync } from 'node:zlib';
import type { Dots } from './escpos-canvas.ts';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const DOTS_PER_METRE = 8_000;
/** Paper, and what a thermal head makes of it. */
const PAPER_AND_INK = Uint8Array.of(255, 255, 255, 24, 24, 24);
const PALETTE = 3;
const METRE = 1;

export function dotsToPng({ width, height, data }: Dots): Buffer {
  const rowBytes = (width + 7) >> 3;
  // Before each row the number of its filter: none.
  const rows = Buffer.alloc((rowBytes + 1) * height);
  data.forEach((dot, index) => {
    if (dot === 0) return;
    const x = index % width;
    const at = Math.floor(index / width) * (rowBytes + 1) + 1 + (x >> 3);
    rows[at] = (rows[at] ?? 0) | (0x80 >> (x & 7));
  });
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', Buffer.concat([numbers(width, height), Uint8Array.of(1, PALETTE, 0, 0, 0)])),
    chunk('PLTE', PAPER_AND_INK),
    chunk('pHYs', Buffer.concat([numbers(DOTS_PER_METRE, DOTS_PER_METRE), Uint8Array.of(METRE)])),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Uint8Array.of()),
  ]);
}

function chunk(name: string, body: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'ascii'), body]);
  return Buffer.concat([numbers(body.length), named, numbers(crc32(named))]);
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeUInt32BE(value, 4 * index));
  return bytes;
}
