/** Chimes that no change of screen brings: staff were called, an emergency is on the idle screen. Each once. */
import { useEffect, useRef } from 'react';
import type { KioskSnapshot } from '../../contract/kiosk.ts';
import { play, type Chime } from './chimes.ts';

type Seen = Pick<KioskSnapshot, 'staffCall' | 'emergencies' | 'screen'>;

/** What was sounded already. */
export interface Sounded {
  readonly call: number | null;
  readonly emergencies: readonly string[];
}

/** @returns the chime, if there is one, and what is sounded then. An emergency that comes while somebody is served waits for the idle screen. */
export function attention(before: Sounded, { staffCall, emergencies, screen }: Seen): { readonly chime: Chime | null; readonly sounded: Sounded } {
  const call = staffCall?.number ?? null;
  const ids = emergencies.map(({ id, since }) => `${id} ${since ?? ''}`);
  const idle = screen.name === 'start';
  const fresh = idle && ids.some((id) => !before.emergencies.includes(id));
  const chime = call !== null && call !== before.call ? 'call' : fresh ? 'look' : null;
  return { chime, sounded: { call, emergencies: idle ? ids : before.emergencies.filter((id) => ids.includes(id)) } };
}

export function useAttention(snapshot: Seen): void {
  // Whatever is there when the window opens, or opens again, was heard before.
  const sounded = useRef<Sounded>(null);
  useEffect(() => {
    const first: Sounded = sounded.current ?? { call: snapshot.staffCall?.number ?? null, emergencies: [] };
    const next = attention(first, snapshot);
    const opening = sounded.current === null;
    sounded.current = next.sounded;
    if (next.chime && !opening) play(next.chime);
  }, [snapshot]);
}
