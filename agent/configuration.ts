/**
 * The agent's configuration: one JSON file, read whole or refused whole. A wrong value is refused with the key's name, what was found,
 * what is allowed and an example, because the person who reads it stands in front of a kiosk that does not serve.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { PRINTER_PROFILE_NAMES, type PrinterProfileName } from '../hardware/printer/printer-profiles.ts';
import { FELICA_READER_STYLES, type NamedReaderStyle } from '../hardware/card/felica-lite-s/felica-channel.ts';
import { CONFIGURATION_EXAMPLE, explainIssues, explainSyntax } from './configuration-message.ts';
import { readBackendUrl } from './sync/backend-url.ts';

export interface Configuration {
  /** Absolute path. */
  readonly dataDir: string;
  /** 0 lets the system choose a free port. */
  readonly server: { readonly port: number };
  /** An origin: https, or http on loopback. */
  readonly backend: { readonly url: string };
  readonly reader: {
    /** A reader is used when one of these matches its name. */
    readonly allow: readonly RegExp[];
    /** How to speak FeliCa through readers that the program does not know by name. */
    readonly felica: readonly NamedReaderStyle[];
    readonly heartbeatMs?: number;
  };
  readonly printer: {
    /** Absolute path, or a port's name on Windows. */
    readonly path: string;
    readonly baudRate: number;
    /** Half-width characters in a line. */
    readonly columns: number;
    /** Which family of printers it is of (docs/printers.md). */
    readonly profile: PrinterProfileName;
    /** The slips of requests carry the request itself, sealed, for an office that the network does not reach (docs/clerk-page.md). */
    readonly sealedRequests: boolean;
  };
  /** Missing where the town has no printed cards. */
  readonly scanner?: {
    /** Absolute path, or a port's name on Windows. */
    readonly path: string;
    readonly baudRate: number;
  };
  readonly display: {
    /** Pixels an inch of the glass. */
    readonly ppi: number;
    readonly readerSide: 'left' | 'right' | 'below';
    readonly procedureSpot: boolean;
    /** For a single switch: how long the focus stays on each button. */
    readonly scanSeconds?: number | undefined;
  };
  readonly simulated: boolean;
}

/** Readers of vpcd are virtual and never used by a real kiosk unless the file says so. */
const REAL_READERS = '^(?!Virtual PCD)';
const EVERY_READER = '.';
/** Virtual FeliCa cards answer as behind an ACR1252 unless they are told otherwise. */
const VIRTUAL_READER_STYLE: NamedReaderStyle = { nameHas: 'Virtual PCD', style: 'direct' };

const BAUD_RATES = [9_600, 19_200, 38_400, 57_600, 115_200];

const pattern = z.string().min(1).refine(isPattern);

const ConfigurationFile = z.strictObject({
  dataDir: z.string().min(1),
  server: z.strictObject({ port: z.int().min(0).max(65_535).default(8_680) }).prefault({}),
  backend: z.strictObject({ url: z.string().refine((text) => readBackendUrl(text).ok) }),
  reader: z
    .strictObject({
      allow: z.array(pattern).min(1).optional(),
      felica: z.array(z.strictObject({ nameHas: z.string().min(1), style: z.enum(FELICA_READER_STYLES) })).default([]),
      heartbeatMs: z.int().min(100).max(60_000).optional(),
    })
    .prefault({}),
  printer: z.strictObject({
    path: z.string().min(1),
    baudRate: z.literal(BAUD_RATES).default(115_200),
    columns: z.int().min(24).max(64).default(48),
    profile: z.enum(PRINTER_PROFILE_NAMES).default('epson'),
    sealedRequests: z.boolean().default(false),
  }),
  scanner: z.strictObject({ path: z.string().min(1), baudRate: z.literal(BAUD_RATES).default(9_600) }).optional(),
  display: z.strictObject({ ppi: z.number().min(50).max(400), readerSide: z.enum(['left', 'right', 'below']).default('below'), procedureSpot: z.boolean().default(false), scanSeconds: z.number().min(1).max(10).optional() }),
  simulated: z.boolean().default(false),
});

/**
 * @param file path of the configuration; relative paths in it count from its own directory
 * @returns a message in Japanese with English after it when the file cannot be used
 */
export function loadConfiguration(file: string): { readonly ok: true; readonly configuration: Configuration } | { readonly ok: false; readonly message: string } {
  const place = path.resolve(file);
  const read = readText(place);
  if (!read.ok) return read;
  let content: unknown;
  try {
    content = JSON.parse(read.text);
  } catch {
    return { ok: false, message: explainSyntax(place, read.text) };
  }
  const parsed = ConfigurationFile.safeParse(content);
  if (!parsed.success) return { ok: false, message: explainIssues(place, content, parsed.error.issues) };
  return { ok: true, configuration: complete(parsed.data, path.dirname(place)) };
}

function complete(given: z.infer<typeof ConfigurationFile>, directory: string): Configuration {
  const { reader, printer, scanner, ...others } = given;
  const allow = reader.allow ?? [given.simulated ? EVERY_READER : REAL_READERS];
  const serialPath = (line: string) => (/^(COM\d+|\\\\)/i.test(line) ? line : path.resolve(directory, line));
  return {
    ...others,
    dataDir: path.resolve(directory, given.dataDir),
    reader: {
      allow: allow.map((source) => new RegExp(source)),
      felica: [...reader.felica, ...(given.simulated ? [VIRTUAL_READER_STYLE] : [])],
      ...(reader.heartbeatMs === undefined ? {} : { heartbeatMs: reader.heartbeatMs }),
    },
    printer: { ...printer, path: serialPath(printer.path) },
    ...(scanner === undefined ? {} : { scanner: { ...scanner, path: serialPath(scanner.path) } }),
  };
}

function readText(place: string): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string } {
  try {
    return { ok: true, text: readFileSync(place, 'utf8').replace(/^\uFEFF/, '') };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const message =
      error.code === 'ENOENT'
        ? `設定ファイル ${place} がありません。次の内容で作ってください。\nThere is no configuration file at ${place}. Make one with this content and change it:\n${CONFIGURATION_EXAMPLE}`
        : `設定ファイル ${place} が読めません。\nThe configuration file cannot be read: ${error.message}`;
    return { ok: false, message };
  }
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}
