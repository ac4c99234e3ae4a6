/**
 * A TrueType font as a file of tables, read piece by piece: the largest has 46 MB, and a slip needs a few hundred bytes of it. Source of
 * every format here and in the files that use this one: the OpenType specification.
 */
import { openSync, readSync } from 'node:fs';

export class FontFile {
  readonly #file: number;
  readonly #path: string;
  readonly #tables = new Map<string, { readonly offset: number; readonly length: number }>();

  /** Opens the font for as long as the process lives. @throws when there is no such file, or it is not a font */
  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, 'r');
    const count = this.#read(0, 12).getUint16(4);
    const directory = this.#read(12, count * 16);
    for (let at = 0; at < directory.byteLength; at += 16) {
      const tag = String.fromCharCode(...Array.from({ length: 4 }, (_, index) => directory.getUint8(at + index)));
      this.#tables.set(tag, { offset: directory.getUint32(at + 8), length: directory.getUint32(at + 12) });
    }
  }

  has(tag: string): boolean {
    return this.#tables.has(tag);
  }

  /** A table, or `length` bytes of it from `from` on. @throws when the font has none, or it ends before */
  table(tag: string, from = 0, length?: number): DataView {
    const table = this.#tables.get(tag);
    if (!table) throw new Error(`${this.#path} has no ${tag} table; is it a TrueType font?`);
    return this.#read(table.offset + from, length ?? table.length - from);
  }

  #read(position: number, length: number): DataView {
    const bytes = new Uint8Array(length);
    if (readSync(this.#file, bytes, 0, length, position) !== length) throw new Error(`${this.#path} ends too early.`);
    return new DataView(bytes.buffer);
  }
}
