/** Where `npm start` keeps what it makes: everything under one directory that only its owner may enter. */
import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';

export interface StartPlaces {
  readonly data: string;
  readonly backendData: string;
  readonly kioskData: string;
  readonly configuration: string;
  /** The simulator's cards, with what is written on them. */
  readonly cards: string;
  readonly simulatorSocket: string;
  /** Held by the one `npm start` that runs on this directory. */
  readonly startSocket: string;
  readonly scannerLink: string;
  readonly printerLink: string;
  readonly slips: string;
  readonly logs: string;
  readonly browserProfile: string;
}

/** @param data absolute */
export function placesIn(data: string): StartPlaces {
  return {
    data,
    backendData: path.join(data, 'backend'),
    kioskData: path.join(data, 'kiosk'),
    configuration: path.join(data, 'kazasu.config.json'),
    cards: path.join(data, 'cards.json'),
    simulatorSocket: path.join(data, 'run', 'simulator.sock'),
    startSocket: path.join(data, 'run', 'start.sock'),
    scannerLink: path.join(data, 'run', 'scanner'),
    printerLink: path.join(data, 'run', 'printer'),
    slips: path.join(data, 'slips'),
    logs: path.join(data, 'log'),
    browserProfile: path.join(data, 'window'),
  };
}

export function makePlaces(places: StartPlaces): void {
  for (const place of [places.data, path.dirname(places.startSocket), places.backendData, places.kioskData, places.slips, places.logs]) {
    mkdirSync(place, { recursive: true, mode: 0o700 });
    chmodSync(place, 0o700);
  }
}

/** A path that a person typed counts from where they typed it: npm runs its scripts in the package's own directory. */
export function fromWhereTyped(typed: string): string {
  return path.resolve(process.env['INIT_CWD'] ?? process.cwd(), typed);
}
