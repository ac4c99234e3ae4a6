/**
 * What lies on the clerk's desk: the office's key, the list of kiosks, and the codes of one slip. All of it in memory only: `clear` and the end of the page
 * leave nothing behind. Knows nothing of the page; one scan or file is dealt with after the other.
 */
import { DeviceKeys, openParts, takeOfficeKey, type OfficeKeyInHand, type Opened } from '../../contract/procedure/open-sealed-code.ts';
import { readPart, type Part } from '../../contract/procedure/sealed-parts.ts';

/** Of the last scan or file, what changes nothing but should be said. */
export type Remark = 'again' | 'other-slip' | 'number-code' | 'unreadable' | 'key-taken' | 'list-taken' | 'not-a-key';

export interface DeskView {
  readonly hasKey: boolean;
  /** How many kiosks are in the list; null without one. */
  readonly kiosks: number | null;
  readonly slip:
    | { readonly kind: 'none' }
    /** Its number was scanned, which holds nothing. */
    | { readonly kind: 'number-only' }
    | { readonly kind: 'parts'; readonly have: readonly number[]; readonly of: number }
    | Opened;
  readonly remark: Remark | null;
}

/** Of several, the one that is said. */
const REMARKS_OF_FILES = ['not-a-key', 'key-taken', 'list-taken'] as const;

const EMPTY: DeskView = { hasKey: false, kiosks: null, slip: { kind: 'none' }, remark: null };

export class Desk {
  #view = EMPTY;
  #office: OfficeKeyInHand | null = null;
  #keys: DeviceKeys | null = null;
  #parts: readonly Part[] = [];
  #last: Promise<void> = Promise.resolve();
  readonly #listeners = new Set<() => void>();

  readonly view = (): DeskView => this.#view;
  readonly onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** @param candidates the same scan as different ways of listening heard it; the first that is a code counts */
  scanned(candidates: readonly string[]): Promise<void> {
    return this.#inTurn(async () => {
      for (const text of candidates) {
        const part = await readPart(text);
        if (part) return this.#take(part);
      }
      const isNumber = candidates.some((text) => /^\s*KZ1/iu.test(text.normalize('NFKC')));
      if (isNumber && this.#view.slip.kind === 'none') this.#show({ slip: { kind: 'number-only' }, remark: null });
      else this.#show({ remark: isNumber ? 'number-code' : 'unreadable' });
    });
  }

  /** @param texts of files that were chosen or dropped together: the office's key, the list of kiosks */
  files(texts: readonly string[]): Promise<void> {
    return this.#inTurn(async () => {
      const remarks: Remark[] = [];
      for (const text of texts) remarks.push(await this.#takeFile(parsed(text)));
      this.#show({ hasKey: this.#office !== null, kiosks: this.#keys?.devices.length ?? null, remark: REMARKS_OF_FILES.find((remark) => remarks.includes(remark)) ?? null });
      // With all that came, so that nothing is shown that the list would have kept back.
      await this.#open();
    });
  }

  /** For the next slip. The key stays. */
  clear(): Promise<void> {
    return this.#inTurn(async () => {
      this.#parts = [];
      this.#show({ slip: { kind: 'none' }, remark: null });
    });
  }

  /** Forgets the key, and what it has opened. */
  putKeyAway(): Promise<void> {
    return this.#inTurn(async () => {
      this.#office = null;
      this.#parts = [];
      this.#show({ hasKey: false, slip: { kind: 'none' }, remark: null });
    });
  }

  async #takeFile(content: unknown): Promise<Remark> {
    const list = DeviceKeys.safeParse(content).data;
    const office = list ? undefined : await takeOfficeKey(content);
    if (list) this.#keys = list;
    if (office) this.#office = office;
    return list ? 'list-taken' : office ? 'key-taken' : 'not-a-key';
  }

  async #take(part: Part): Promise<void> {
    const [first] = this.#parts;
    const another = first !== undefined && first.tag !== part.tag;
    // A slip that is not complete is not thrown away by a stray scan; one that is done makes room for the next.
    if (another && this.#parts.length < first.of) return this.#show({ remark: 'other-slip' });
    const kept = another ? [] : this.#parts;
    if (kept.some(({ index }) => index === part.index)) return this.#show({ remark: 'again' });
    this.#parts = [...kept, part];
    this.#show({ slip: { kind: 'parts', have: this.#parts.map(({ index }) => index), of: part.of }, remark: null });
    await this.#open();
  }

  async #open(): Promise<void> {
    const [first] = this.#parts;
    if (this.#office && first && this.#parts.length === first.of) this.#show({ slip: await openParts(this.#parts, this.#office, this.#keys) });
  }

  #show(change: Partial<DeskView>): void {
    this.#view = { ...this.#view, ...change };
    for (const listener of this.#listeners) listener();
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(work);
    return this.#last;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
