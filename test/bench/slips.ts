/** The usual slip: how many bytes go to the printer, and how long it takes to make them, beside receiptline as it comes. */
import { transform } from 'receiptline';
import { slipMarkup } from '../../agent/printing/slip-markup.ts';
import { layoutSlip } from '../../hardware/printer/slip-layout.ts';
import { NOW, SCHEME } from '../../agent/test-support/ledger-town.ts';
import { median, p95, type Row } from './rows.ts';

const COLUMNS = 48;
const PLAIN = { cpl: COLUMNS, encoding: 'cp932', spacing: true, command: 'epson' } as const;

export async function slipRows(times: number): Promise<Row[]> {
  const markup = slipMarkup(
    { kind: 'load', scheme: SCHEME, received: { free: 5_000, paid: 0, premium: 0 }, lastDay: SCHEME.lastDay, balance: 5_000, cash: 0 },
    { slipNumber: 42, deviceLabel: '役場1', town: '苫前町', site: '苫前町役場', now: NOW, form: 'ja', large: false },
  );
  const begun = performance.now();
  const first = await layoutSlip(markup, { columns: COLUMNS });
  const cold = performance.now() - begun;
  if (first.kind !== 'printable') throw new Error(`The usual slip cannot be printed: ${first.why}`);
  const own = await timed(times, () => layoutSlip(markup, { columns: COLUMNS }));
  const plain = await timed(times, () => transform(markup, PLAIN));
  const perSecond = (samples: readonly number[]) => (samples.length * 1_000) / samples.reduce((sum, ms) => sum + ms, 0);
  const peer = 'floor: plain receiptline with the same markup';
  return [
    {
      name: 'slip_bytes',
      value: first.units.reduce((sum, unit) => sum + unit.length, 0),
      unit: 'bytes',
      floor: transform(markup, PLAIN).length,
      note: `the usual load slip without its proofs of printing; ${peer} (which loses what cp932 lacks)`,
    },
    { name: 'slip_encode_ms_p95', value: p95(own), unit: 'ms', floor: p95(plain), note: `${times} times (median ${median(own).toFixed(2)}, floor's ${median(plain).toFixed(2)}; the first, with loading, ${cold.toFixed(0)}); ${peer}` },
    { name: 'slips_per_s', value: perSecond(own), unit: '1/s', floor: perSecond(plain), note: `slips laid out one after another on one core, not printed; ${peer}` },
  ];
}

async function timed(times: number, work: () => unknown): Promise<number[]> {
  for (let warm = 0; warm < 20; warm += 1) await work();
  const samples: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const begun = performance.now();
    await work();
    samples.push(performance.now() - begun);
  }
  return samples;
}
