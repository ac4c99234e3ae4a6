/**
 * The simulated devices of a running kiosk as one thing that does what it is asked (control.ts): two slots for cards, a code scanner,
 * a printer and, when wanted, a network. Decides only what is possible; how a device behaves is the device's own.
 */
import type { z } from 'zod';
import type { CardBox } from './card-box.ts';
import { ControlRefusal, type ControlRequest } from './control.ts';
import type { NetworkLink } from './network-link.ts';
import { PRINTER_KINDS } from './virtual-printer-kinds.ts';
import type { VirtualPrinter } from './virtual-printer.ts';
import type { VirtualReader } from './virtual-reader.ts';
import type { VirtualScanner } from './virtual-scanner.ts';

export interface DemoDevices {
  readonly box: CardBox;
  /** Slot 0 and slot 1 of the virtual reader. */
  readonly slots: readonly [VirtualReader, VirtualReader];
  readonly scanner: VirtualScanner;
  readonly printer: VirtualPrinter;
  /** Undefined where the kiosk reaches its backend without a simulated network. */
  readonly network: NetworkLink | undefined;
}

type Json = z.core.util.JSONType;

/**
 * Does what was asked.
 * @throws ControlRefusal in the words of the person who asked, when it cannot be done
 */
export async function obey(devices: DemoDevices, request: ControlRequest): Promise<Json> {
  switch (request.do) {
    case 'card-insert':
      return insertCard(devices, request.card, request.slot);
    case 'card-remove': {
      const slot = devices.slots[request.slot];
      if (!slot.card) throw new ControlRefusal(`スロット ${request.slot} にカードはありません (no card there)`);
      slot.remove();
      devices.box.keep();
      return { removed: true };
    }
    case 'card-list':
      return devices.box.cards.map((card) => ({ name: card.name, about: card.about ?? card.model }));
    case 'printer-fault':
      arm(devices.printer.faults, request);
      return printerFacts(devices.printer);
    case 'printer-clear':
      devices.printer.putRight();
      return printerFacts(devices.printer);
    case 'printer-status':
      return printerFacts(devices.printer);
    case 'printer-kind': {
      const kind = PRINTER_KINDS.find((known) => known === request.kind);
      if (!kind) throw new ControlRefusal(`「${request.kind}」というプリンターはありません (no such kind)。あるのは (there are): ${PRINTER_KINDS.join(', ')}`);
      devices.printer.become(kind);
      return printerFacts(devices.printer);
    }
    case 'printer-unplug':
      await devices.printer.unplug();
      return printerFacts(devices.printer);
    case 'printer-replug':
      await devices.printer.replug();
      return printerFacts(devices.printer);
    case 'code-scan':
      return showCode(devices, request.code);
    case 'scanner-fault':
      arm(devices.scanner.faults, request);
      return scannerFacts(devices.scanner);
    case 'scanner-clear':
      devices.scanner.faults.clear();
      return scannerFacts(devices.scanner);
    case 'scanner-unplug':
      await devices.scanner.unplug();
      return scannerFacts(devices.scanner);
    case 'scanner-replug':
      await devices.scanner.replug();
      return scannerFacts(devices.scanner);
    case 'reader-fault':
      for (const slot of devices.slots) arm(slot.faults, request);
      return readerFacts(devices);
    case 'reader-clear':
      for (const slot of devices.slots) slot.faults.clear();
      return readerFacts(devices);
    case 'network-cut':
      await networkOf(devices).cut();
      return networkFacts(devices);
    case 'network-restore':
      await networkOf(devices).restore();
      return networkFacts(devices);
    case 'status':
      return { reader: readerFacts(devices), scanner: scannerFacts(devices.scanner), printer: printerFacts(devices.printer), network: networkFacts(devices) };
  }
}

function insertCard(devices: DemoDevices, name: string, slot: 0 | 1): Json {
  const definition = devices.box.find(name);
  if (!definition) throw new ControlRefusal(`「${name}」というカードはありません (no such card)。あるのは (there are): ${devices.box.cards.map((card) => card.name).join(', ')}`);
  if (definition.model === 'code') throw new ControlRefusal(`「${name}」は紙のカードです。リーダーに置かずに、かざします (a paper card is shown to the scanner): code scan ${name}`);
  const reader = devices.slots[slot];
  if (reader.card) throw new ControlRefusal(`スロット ${slot} には「${reader.card.name}」が置いてあります。先に取ってください (a card lies there; remove it first): card remove --slot ${slot}`);
  if (devices.slots.some((other) => other.card?.name === name)) throw new ControlRefusal(`「${name}」は、もう一つのスロットにあります (lies on the other slot)`);
  reader.insert(devices.box.take(definition));
  return { card: name, slot };
}

/** Shows a paper card by its name, or any other code as it is written. */
function showCode({ box, scanner }: DemoDevices, nameOrText: string): Json {
  if (!scanner.plugged) throw new ControlRefusal('コードリーダーは抜いてあります (the scanner is unplugged): scanner replug');
  const card = box.find(nameOrText);
  if (card && card.model !== 'code') throw new ControlRefusal(`「${card.name}」には、コードがありません (this card has no code)。置いてください (put it on the reader): card insert ${card.name}`);
  scanner.show(card?.code ?? nameOrText);
  return { shown: card?.name ?? nameOrText };
}

interface Armable<Name extends string> {
  readonly names: readonly Name[];
  knows(name: string): name is Name;
  failNext(name: Name): void;
  failRepeatedly(name: Name): void;
}

function arm<Name extends string>(faults: Armable<Name>, request: { readonly fault: string; readonly repeatedly: boolean }): void {
  const { fault } = request;
  if (!faults.knows(fault)) throw new ControlRefusal(`「${fault}」という故障はありません (no such fault)。あるのは (there are): ${faults.names.join(', ')}`);
  if (request.repeatedly) faults.failRepeatedly(fault);
  else faults.failNext(fault);
}

function networkOf(devices: DemoDevices): NetworkLink {
  if (!devices.network) throw new ControlRefusal('模擬の通信は使われていません (no simulated network here)');
  return devices.network;
}

const armedWords = (faults: { list(): ReadonlyArray<{ readonly name: string; readonly times: number | 'repeatedly' }> }): string[] =>
  faults.list().map(({ name, times }) => (times === 'repeatedly' ? `${name} (repeatedly)` : times === 1 ? name : `${name} (${times} times)`));

function readerFacts({ slots }: DemoDevices) {
  return {
    slots: slots.map((slot, index) => `${index}: ${slot.card ? `${slot.card.name}${slot.connected ? '' : ' (pcscd is away)'}` : '-'}`),
    // Both slots are armed alike.
    faults: armedWords(slots[0].faults),
    alarms: slots.flatMap((slot) => [...(slot.card?.alarms ?? [])]),
  };
}

function scannerFacts(scanner: VirtualScanner) {
  return { plugged: scanner.plugged, faults: armedWords(scanner.faults), codes: scanner.sent };
}

function printerFacts(printer: VirtualPrinter) {
  const last = printer.slips.at(-1);
  return {
    kind: printer.kind,
    plugged: printer.plugged,
    powered: printer.powered,
    faults: armedWords(printer.faults),
    conditions: printer.conditions,
    slips: printer.slips.length,
    lastSlip: last?.png ?? null,
    complaints: printer.complaints.slice(-5),
  };
}

function networkFacts({ network }: DemoDevices) {
  return network ? { state: network.state(), connections: network.connections() } : null;
}
