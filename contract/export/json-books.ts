/** Books as JSON lines: one movement a line, as the contract writes it, with device and sequence number. */
import type { BooksFormat } from './books-format.ts';

export function jsonBooks(): BooksFormat {
  return {
    head: () => '',
    movement: ({ device, seq, movement }) => `${JSON.stringify({ device, seq, movement })}\n`,
    end: () => '',
  };
}
