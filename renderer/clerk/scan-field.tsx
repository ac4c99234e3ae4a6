/**
 * Where a hand scanner types. It listens in two ways at once, because the scanner is a keyboard and the PC's input method may stand between: the text that
 * arrives, and the keys that were struck by their place (`code`), which no input method, layout or Caps Lock changes. Either will do.
 */
import { useEffect, useRef, type RefObject } from 'react';
import { readPart } from '../../contract/procedure/sealed-parts.ts';

/** A scanner that sends no Enter has typed all when it has been silent for so long. */
const SILENCE_MS = 300;

interface Listening {
  /** Keys since the last scan: letters and digits, as on an American keyboard. */
  struck: string;
  composing: boolean;
  endAfterComposing: boolean;
}

export function ScanField({ onScan, field }: { readonly onScan: (candidates: readonly string[]) => void; readonly field: RefObject<HTMLInputElement | null> }) {
  const listening = useRef<Listening>({ struck: '', composing: false, endAfterComposing: false });

  useEffect(() => {
    const state = listening.current;
    let silence: ReturnType<typeof setTimeout> | undefined;
    const input = () => field.current;

    const finish = () => {
      clearTimeout(silence);
      const candidates = [input()?.value ?? '', state.struck].filter((text) => text.trim() !== '');
      forget();
      if (candidates.length > 0) onScan(candidates);
    };
    const forget = () => {
      const box = input();
      if (box) box.value = '';
      state.struck = '';
      state.endAfterComposing = false;
    };
    /** Takes what is there when it is a whole part, and waits for the rest when it is not. */
    const finishIfWhole = async () => {
      const text = input()?.value ?? '';
      if (!state.composing && (await readPart(text)) && input()?.value === text) finish();
    };

    const onKey = (event: KeyboardEvent) => {
      const box = input();
      if (event.ctrlKey || event.altKey || event.metaKey || !box) return;
      const [, struck] = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code) ?? [];
      // A scan is for the field, whatever was pressed last.
      if (struck !== undefined && document.activeElement !== box) box.focus();
      if (document.activeElement !== box) return;
      if (struck !== undefined) state.struck += struck;
      const ends = event.code === 'Enter' || event.code === 'NumpadEnter' || event.key === 'Enter' || (event.code === 'Tab' && state.struck !== '');
      if (!ends) return;
      if (event.isComposing || state.composing) {
        state.endAfterComposing = true;
        return;
      }
      event.preventDefault();
      finish();
    };
    const onComposition = (event: Event) => {
      state.composing = event.type === 'compositionstart';
      // The text is in the field only after this event.
      if (!state.composing && state.endAfterComposing) setTimeout(finish);
    };
    const onInput = () => {
      clearTimeout(silence);
      if ((input()?.value ?? '') === '') state.struck = '';
      else silence = setTimeout(() => void finishIfWhole(), SILENCE_MS);
    };

    const box = input();
    document.addEventListener('keydown', onKey, true);
    box?.addEventListener('compositionstart', onComposition);
    box?.addEventListener('compositionend', onComposition);
    box?.addEventListener('input', onInput);
    box?.focus();
    return () => {
      clearTimeout(silence);
      document.removeEventListener('keydown', onKey, true);
      box?.removeEventListener('compositionstart', onComposition);
      box?.removeEventListener('compositionend', onComposition);
      box?.removeEventListener('input', onInput);
    };
  }, [onScan, field]);

  return (
    <label className="scan">
      <span>読み取り機の入力</span>
      <input ref={field} type="text" lang="en" autoComplete="off" autoCapitalize="off" autoCorrect="off" spellCheck={false} />
    </label>
  );
}
