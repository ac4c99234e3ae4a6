/** Numbers are given once; every job has one end; what the journal calls printed came out of the slot, once. */
import { slipMarker } from '../../../agent/printing/slip-marker.ts';
import type { Invariant } from './invariant.ts';

export const SLIPS: Invariant = {
  name: 'every slip number once',
  look({ kiosks }, find) {
    for (const { name, device, bodies, printJobs } of kiosks) {
      const out = device.printers.flatMap(({ printed }) => printed.map(({ marker, markup }) => ({ marker, number: /役場[AB]\\x2d(\d+)/.exec(markup)?.[1], again: /再発行 \d+回目/.exec(markup)?.[0] ?? '' })));
      if (new Set(out.map(({ number, again }) => `${number} ${again}`)).size !== out.length) find(`kiosk ${name} printed two slips with one number, and did not say so`);
      if (out.some(({ number }) => number === undefined)) find(`kiosk ${name} printed a slip without a number`);
      for (const { id, state, number, reprint } of printJobs) {
        const ends = bodies.flatMap(({ fact }) => (fact.type === 'slip-settled' && fact.jobId === id ? [fact.outcome] : []));
        if (ends.length !== 1 || ends[0] !== state) find(`kiosk ${name}: one that is ${state} was journalled as ${ends.join(', ') || 'nothing'}`);
        const cameOut = out.filter(({ marker }) => marker === slipMarker(number, reprint)).length;
        if (state === 'printed' && cameOut !== 1) find(`kiosk ${name}: one is called printed, but ${cameOut} came out`);
        if (state === 'failed' && cameOut !== 0) find(`kiosk ${name}: one is called failed, but it came out`);
      }
      const calls = bodies.flatMap(({ fact }) => (fact.type === 'staff-called' ? [fact.callNumber] : []));
      if (calls.some((call, index) => index > 0 && call <= (calls[index - 1] ?? 0))) find(`kiosk ${name} gave a number of a call for staff twice`);
    }
  },
};
