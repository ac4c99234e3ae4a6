/** Screens on which somebody links a My Number card with the stored-value card they came with. */
import { z } from 'zod';
import { LinkRefusal } from './link.ts';

/** Why nothing was linked: said by the town, or `unreachable` (it could not be asked) or `stopped` (the person did not go on). */
export const LinkNotDone = z.enum([...LinkRefusal.options, 'linked-already', 'unreachable', 'stopped']);
export type LinkNotDone = z.infer<typeof LinkNotDone>;

/** The stored-value card is there (again), and its screens can follow; or it is wanted; or no reader is there that could read it. */
export const OwnCard = z.enum(['there', 'wanted', 'no-reader']);
export type OwnCard = z.infer<typeof OwnCard>;

export const LINK_SCREENS = [
  /** What is linked, what is kept, what for, and how it ends: then the person agrees, or does not. */
  z.strictObject({ name: z.literal('link-about') }),
  /** The town is being asked; nothing can be pressed. */
  z.strictObject({ name: z.literal('link-asking') }),
  z.strictObject({ name: z.literal('link-done'), ownCard: OwnCard }),
  z.strictObject({ name: z.literal('link-not-done'), why: LinkNotDone, ownCard: OwnCard }),
  /** It was sent, and no answer came. Asking again needs no card and does nothing twice. */
  z.strictObject({ name: z.literal('link-not-known') }),
] as const;
