/**
 * Asks how many tries a secret has left, and sends it. Three wrong tries block it until the holder has been to the town office, so:
 * tries are read before anything is sent; an entry is sent once and never by itself; the last try is used only after a warning was
 * accepted; and when the answer is lost nobody guesses. The entry is zeroed whatever happens.
 */
import { STATUS, type StatusWord } from '../apdu.ts';
import { ASK_TRIES, selectApplication } from './allowed-commands.ts';
import type { GuardedChannel } from './apdu-guard.ts';
import { selectFile, troubleOf, type CardTrouble } from './card-files.ts';
import type { PinEntry } from './pin-entry.ts';
import type { MyNumberProfile, PinName, UnblockingPlace } from './profile.ts';

export type Tries =
  | { readonly kind: 'left'; readonly tries: number }
  /** The holder must go where it is unblocked; no kiosk can do it. */
  | { readonly kind: 'blocked'; readonly unblockedAt: UnblockingPlace }
  /** It was verified in this session; the card then does not say how many tries there are. */
  | { readonly kind: 'verified' }
  | CardTrouble;

export type PinOutcome =
  | { readonly kind: 'verified' }
  | { readonly kind: 'wrong'; readonly tries: number }
  /** By this entry or before it. The holder must go where it is unblocked. */
  | { readonly kind: 'blocked'; readonly unblockedAt: UnblockingPlace }
  /** One try is left and nobody has accepted the warning. Nothing was sent. */
  | { readonly kind: 'last-try' }
  /** Not the right number of digits. Nothing was sent. */
  | { readonly kind: 'not-possible' }
  /** It was sent, and whether it was right, and whether a try was used, is not known. */
  | { readonly kind: 'unknown' }
  /** Before the entry was sent. */
  | CardTrouble;

export interface VerifyOptions {
  /** True when the person was told that this is the last try, and went on. */
  readonly warnedOfLastTry: boolean;
}

/** 6983 and 6984 mean the same on different cards of this family. */
const BLOCKED: readonly number[] = [0x63c0, 0x6983, 0x6984];

export async function triesLeft(channel: GuardedChannel, profile: MyNumberProfile, which: PinName): Promise<Tries> {
  const selected = await selectFile(channel, profile.pins[which]);
  if (selected.kind !== 'selected') return selected;
  const answer = await channel.transmit(ASK_TRIES);
  if (answer.kind !== 'answered') return answer;
  if (answer.status === STATUS.ok) return { kind: 'verified' };
  return triesIn(answer.status, profile.pins[which]) ?? troubleOf(answer.status);
}

/** Reads the tries and, if that is allowed, sends the entry, once. */
export async function verifyPin(
  channel: GuardedChannel,
  profile: MyNumberProfile,
  which: PinName,
  entry: PinEntry,
  { warnedOfLastTry }: VerifyOptions,
): Promise<PinOutcome> {
  try {
    const tries = await triesOfUnverified(channel, profile, which);
    if (tries.kind !== 'left') return tries;
    if (tries.tries === 1 && !warnedOfLastTry) return { kind: 'last-try' };
    return await entry.take((digits) => send(channel, profile.pins[which], digits));
  } finally {
    entry.discard();
  }
}

/** What was verified before says nothing about this entry, so the card is first made to forget it: by selecting another application. */
async function triesOfUnverified(channel: GuardedChannel, profile: MyNumberProfile, which: PinName): Promise<Exclude<Tries, { kind: 'verified' }>> {
  const tries = await triesLeft(channel, profile, which);
  if (tries.kind !== 'verified') return tries;
  await channel.transmit(selectApplication(profile.neutral));
  const again = await triesLeft(channel, profile, which);
  return again.kind === 'verified' ? { kind: 'refused', status: STATUS.ok } : again;
}

async function send(channel: GuardedChannel, pin: MyNumberProfile['pins'][PinName], digits: Uint8Array): Promise<PinOutcome> {
  const length = pin.digits;
  if (digits.length !== length || digits.some((byte) => byte < 0x30 || byte > 0x39)) return { kind: 'not-possible' };
  // Made by hand: an ordinary array on the way would be a copy that nobody can zero.
  const verify = new Uint8Array(5 + length);
  try {
    verify.set([0x00, 0x20, 0x00, 0x80, length]);
    verify.set(digits, 5);
    const answer = await channel.transmit(verify);
    if (answer.kind !== 'answered') return { kind: 'unknown' };
    if (answer.status === STATUS.ok) return { kind: 'verified' };
    const tries = triesIn(answer.status, pin);
    if (!tries) return { kind: 'unknown' };
    return tries.kind === 'blocked' ? tries : { kind: 'wrong', tries: tries.tries };
  } finally {
    verify.fill(0);
  }
}

/** @returns undefined when the status word does not tell the tries */
function triesIn(status: StatusWord, { unblockedAt }: { readonly unblockedAt: UnblockingPlace }): Extract<Tries, { kind: 'left' | 'blocked' }> | undefined {
  if (BLOCKED.includes(status)) return { kind: 'blocked', unblockedAt };
  return (status & 0xfff0) === 0x63c0 ? { kind: 'left', tries: status & 0x0f } : undefined;
}
