/** A way to write books down for other programs. Text comes out piece by piece, so that books of any length can be written. Pure. */
import type { DeviceId, SchemeId } from '../ids.ts';
import type { Movement, Scheme } from '../value.ts';

/** A movement, and whose journal it stands in; null for what the town posted itself. */
export interface BookedMovement {
  readonly movement: Movement;
  readonly device: DeviceId | null;
  readonly seq: number | null;
}

/** What a format needs to know of schemes. */
export type NamedSchemes = ReadonlyMap<SchemeId, Pick<Scheme, 'unit' | 'name'>>;

export interface BooksFormat {
  /** Stands before everything else. */
  head(): string;
  movement(booked: BookedMovement): string;
  /** Stands after the last movement. */
  end(): string;
}

export const BOOKS_FORMATS = ['json', 'csv', 'hledger'] as const;
export type BooksFormatName = (typeof BOOKS_FORMATS)[number];
