/**
 * Sends one APDU again and again through pcsclite, with nothing in between, and prints the milliseconds of each as JSON. A process of
 * its own, because the native module must not disturb what else is measured. The card must lie on the reader already.
 */
import pcsclite from '@pokusew/pcsclite';
import { GET_IDENTIFIER } from '../../hardware/card/apdu.ts';

const SHARED = 2;
const ANY_PROTOCOL = 3;
const MAX_ANSWER = 40;

const times = Number(process.argv[2] ?? '100');
const service = pcsclite();
service.on('reader', (reader) => {
  reader.on('status', ({ state }) => {
    // 0x20: SCARD_STATE_PRESENT
    if ((state & 0x20) === 0) return;
    reader.removeAllListeners('status');
    const connectedFrom = performance.now();
    reader.connect({ share_mode: SHARED, protocol: ANY_PROTOCOL }, (error, protocol) => {
      if (error) throw error;
      const connect = performance.now() - connectedFrom;
      const samples: number[] = [];
      const next = (): void => {
        if (samples.length === times) {
          process.stdout.write(JSON.stringify({ connect, samples }), () => process.exit(0));
          return;
        }
        const begun = performance.now();
        reader.transmit(Buffer.from(GET_IDENTIFIER), MAX_ANSWER, protocol, (failure) => {
          if (failure) throw failure;
          samples.push(performance.now() - begun);
          next();
        });
      };
      next();
    });
  });
});
