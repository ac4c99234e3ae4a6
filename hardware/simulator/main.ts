/**
 * The simulator as a process of its own: virtual cards on pcscd's virtual reader, a virtual code scanner and a virtual printer behind
 * pseudo-terminals, and a network that can be cut; driven over a unix socket (control.ts). What is written on the cards stays in the file
 * of cards. Never part of a production kiosk.
 *
 *   node hardware/simulator/main.ts --socket PATH --cards FILE --scanner-link PATH --printer-link PATH --slips DIR
 *                                   [--link LISTEN_PORT:TARGET_PORT] [--vpcd-port 35963]
 *
 * Says {"type":"ready"} by IPC and on standard output when everything is in place. Ends on SIGTERM, SIGINT and when the process that
 * started it is gone.
 */
import { parseArgs } from 'node:util';
import { serveControl } from './control.ts';
import { CardBox } from './card-box.ts';
import { obey, type DemoDevices } from './demo-devices.ts';
import { createNetworkLink } from './network-link.ts';
import { VirtualPrinter } from './virtual-printer.ts';
import { VirtualReader } from './virtual-reader.ts';
import { VirtualScanner } from './virtual-scanner.ts';

const USAGE = 'usage: simulator --socket PATH --cards FILE --scanner-link PATH --printer-link PATH --slips DIR [--link LISTEN:TARGET] [--vpcd-port 35963]';

function readWords() {
  const { values } = parseArgs({
    options: {
      socket: { type: 'string' },
      cards: { type: 'string' },
      'scanner-link': { type: 'string' },
      'printer-link': { type: 'string' },
      slips: { type: 'string' },
      link: { type: 'string' },
      'vpcd-port': { type: 'string', default: '35963' },
    },
  });
  const { socket, cards, 'scanner-link': scannerLink, 'printer-link': printerLink, slips } = values;
  if (socket === undefined || cards === undefined || scannerLink === undefined || printerLink === undefined || slips === undefined) throw new Error(USAGE);
  const link = values.link === undefined ? undefined : /^(\d{1,5}):(\d{1,5})$/.exec(values.link);
  if (link === null || !/^\d{1,5}$/.test(values['vpcd-port'])) throw new Error(USAGE);
  return { socket, cards, scannerLink, printerLink, slips, vpcdPort: Number(values['vpcd-port']), link: link && { listen: Number(link[1]), target: Number(link[2]) } };
}

let stopping = false;

async function run(): Promise<void> {
  const words = readWords();
  const box = new CardBox(words.cards);
  const printer = await VirtualPrinter.start({ link: words.printerLink, slipsDir: words.slips });
  const scanner = await VirtualScanner.start(words.scannerLink);
  const devices: DemoDevices = {
    box,
    slots: [new VirtualReader({ port: words.vpcdPort }), new VirtualReader({ port: words.vpcdPort + 1 })],
    scanner,
    printer,
    network: words.link && (await createNetworkLink(words.link)),
  };
  const control = await serveControl(words.socket, (request) => obey(devices, request));

  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    for (const slot of devices.slots) slot.remove();
    box.keep();
    await Promise.allSettled([control.close(), scanner.unplug(), printer.stop(), devices.network?.close()]);
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
  process.once('disconnect', () => void stop());
  printer.on('slip-cut', (slip) => console.log(JSON.stringify({ type: 'slip', png: slip.png })));
  process.send?.({ type: 'ready' });
  console.log(JSON.stringify({ type: 'ready', socket: control.socketPath }));
}

run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
