import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CONFIGURATION_EXAMPLE } from './configuration-message.ts';
import { loadConfiguration } from './configuration.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-configuration-'));
const file = path.join(directory, 'kazasu.config.json');
const SMALLEST = { dataDir: 'data', backend: { url: 'http://127.0.0.1:8691' }, printer: { path: 'printer' }, display: { ppi: 102.6 } };

const load = (content: unknown) => {
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return loadConfiguration(file);
};
const refusalOf = (content: unknown): string => {
  const loaded = load(content);
  return loaded.ok ? 'accepted' : loaded.message;
};

describe('the configuration', () => {
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('needs little, and counts relative paths from its own directory', () => {
    expect(load(SMALLEST)).toEqual({
      ok: true,
      configuration: {
        dataDir: path.join(directory, 'data'),
        server: { port: 8680 },
        backend: { url: 'http://127.0.0.1:8691' },
        reader: { allow: [/^(?!Virtual PCD)/], felica: [] },
        printer: { path: path.join(directory, 'printer'), baudRate: 115_200, columns: 48, profile: 'epson', sealedRequests: false },
        display: { ppi: 102.6, readerSide: 'below', procedureSpot: false },
        simulated: false,
      },
    });
  });

  it('keeps absolute paths and Windows ports as they are', () => {
    const paths = (dataDir: string, port: string) => {
      const loaded = load({ ...SMALLEST, dataDir, printer: { path: port } });
      return loaded.ok && [loaded.configuration.dataDir, loaded.configuration.printer.path];
    };
    expect(paths('/var/lib/kazasu', '/dev/ttyUSB0')).toEqual(['/var/lib/kazasu', '/dev/ttyUSB0']);
    expect(paths('/var/lib/kazasu', 'COM3')).toEqual(['/var/lib/kazasu', 'COM3']);
  });

  it('has a code scanner only when one is named, at 9,600 baud unless it says otherwise', () => {
    const scanner = (given: object) => {
      const loaded = load({ ...SMALLEST, ...given });
      return loaded.ok && loaded.configuration.scanner;
    };
    expect(scanner({})).toBeUndefined();
    expect(scanner({ scanner: { path: 'scanner' } })).toEqual({ path: path.join(directory, 'scanner'), baudRate: 9_600 });
    expect(scanner({ scanner: { path: 'COM4', baudRate: 115_200 } })).toEqual({ path: 'COM4', baudRate: 115_200 });
  });

  it('uses virtual readers only where everything is simulated', () => {
    const uses = (content: object, name: string) => {
      const loaded = load(content);
      return loaded.ok && loaded.configuration.reader.allow.some((pattern) => pattern.test(name));
    };
    expect(uses(SMALLEST, 'Virtual PCD 00 00')).toBe(false);
    expect(uses(SMALLEST, 'Sony RC-S300/S 00 00')).toBe(true);
    expect(uses({ ...SMALLEST, simulated: true }, 'Virtual PCD 00 00')).toBe(true);
    expect(uses({ ...SMALLEST, reader: { allow: ['^Sony'] } }, 'ACS ACR1252')).toBe(false);
  });

  it('can be made from the example in its own message', () => {
    const missing = loadConfiguration(path.join(directory, 'none.json'));
    expect(missing.ok ? '' : missing.message).toContain(CONFIGURATION_EXAMPLE);
    expect(load(CONFIGURATION_EXAMPLE).ok).toBe(true);
  });

  it.each<[string, object, RegExp]>([
    ['a port that is none', { server: { port: 70_000 } }, /- server\.port が 70000 になっています。書けるもの: .*例: 8680\n {2}server\.port is 70000; allowed: an integer from 0 to 65535/],
    ['a display that cannot be', { display: { ppi: 20 } }, /display\.ppi is 20; allowed: a number from 50 to 400/],
    ['a display finer than any kiosk’s', { display: { ppi: 401 } }, /display\.ppi is 401/],
    ['a number in quotes', { display: { ppi: '102.6' } }, /display\.ppi is "102\.6"/],
    ['a backend in the clear', { backend: { url: 'http://192.168.0.5' } }, /backend\.url is "http:\/\/192\.168\.0\.5"; allowed: an https/],
    ['a pattern that is none', { reader: { allow: ['^Sony', '['] } }, /reader\.allow is "\["/],
    ['a line speed no printer has', { printer: { path: 'p', baudRate: 1 } }, /printer\.baudRate is 1; allowed: one of 9600/],
    ['a scanner without a line', { scanner: {} }, /scanner\.path is missing: the code scanner’s serial line/],
    ['a line speed no scanner has', { scanner: { path: 's', baudRate: 300 } }, /scanner\.baudRate is 300; allowed: one of 9600/],
    ['a scanner that is only a path', { scanner: '/dev/ttyACM0' }, /scanner is "\/dev\/ttyACM0"; allowed: an object with path/],
    ['a key with a slip of the finger', { dataDri: 'x' }, /- dataDri という項目はありません。dataDir のことですか。\n {2}dataDri is not known\. Did you mean dataDir\?/],
    ['a key of another place', { display: { ppi: 100, readerside: 'left' } }, /display\.readerside is not known\. Did you mean display\.readerSide\?/],
    ['a key like no other', { zzz: 1 }, /zzz is not known\.$/],
    ['a printer nobody knows', { printer: { path: 'p', profile: 'dot' } }, /printer\.profile is "dot"; allowed: one of epson, generic-escpos, star-line/],
    ['a missing group', { printer: undefined }, /printer is missing: an object with path/],
    ['a missing key', { printer: {} }, /printer\.path is missing: the printer’s serial line/],
  ])('names the key, what was found and what is allowed for %s', (_name, change, says) => {
    expect(refusalOf({ ...SMALLEST, ...change })).toMatch(says);
  });

  it('names everything that is wrong at once', () => {
    const message = refusalOf({ ...SMALLEST, simulated: 'yes', server: { port: -1 }, extra: true });
    expect(message).toContain('3 つ');
    for (const name of ['simulated', 'server.port', 'extra']) expect(message).toContain(name);
  });

  it.each([
    ['{\n  "dataDir": "data",\n}', 3, 1],
    ['{\n  "dataDir": tru\n}', 2, 17],
    ['{ "a": 1 "b": 2 }', 1, 10],
    ['', 1, 1],
    ['{\n "a": 1\n', 3, 1],
  ])('says where %j stops being JSON', (text, line, column) => {
    expect(refusalOf(text)).toContain(`line ${line}, column ${column}`);
  });

  it.each(['[]', '5', 'null'])('wants an object, not %s', (text) => {
    expect(refusalOf(text)).toContain('one JSON object');
  });

  it('says that a directory is no file', () => {
    const loaded = loadConfiguration(directory);
    expect(loaded.ok ? '' : loaded.message).toContain('cannot be read');
  });
});
