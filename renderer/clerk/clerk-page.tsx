/** The clerk's page: the key, the scanner's field, and the request that came of it. */
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { Desk, DeskView } from './desk.ts';
import { RequestSheet } from './request-sheet.tsx';
import { ScanField } from './scan-field.tsx';
import { REMARKS, saidOf } from './words.ts';

/** Nothing of ours is longer; a film that somebody drops here is not read. */
const FILE_BYTES_MAX = 4_000_000;

export function ClerkPage({ desk, canOpen }: { readonly desk: Desk; readonly canOpen: boolean }) {
  const view = useSyncExternalStore(desk.onChange, desk.view);
  const field = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);

  const read = useCallback(
    async (files: Iterable<File>) => {
      await desk.files(await Promise.all(Array.from(files, async (file) => (file.size > FILE_BYTES_MAX ? '' : file.text()))));
      field.current?.focus();
    },
    [desk],
  );
  const clear = useCallback(() => {
    void desk.clear();
    field.current?.focus();
  }, [desk]);
  const onScan = useCallback((candidates: readonly string[]) => void desk.scanned(candidates), [desk]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.isComposing) clear();
    };
    const onDrag = (event: DragEvent) => {
      // Otherwise the browser would leave the page and show the key.
      event.preventDefault();
      setOver(event.type === 'dragover');
      if (event.type === 'drop') void read(event.dataTransfer?.files ?? []);
    };
    const drags = ['dragover', 'dragleave', 'drop'] as const;
    document.addEventListener('keydown', onKey);
    for (const kind of drags) document.addEventListener(kind, onDrag);
    return () => {
      document.removeEventListener('keydown', onKey);
      for (const kind of drags) document.removeEventListener(kind, onDrag);
    };
  }, [clear, read]);

  const { slip, remark } = view;
  // A new slip is read from its top.
  useEffect(() => {
    // Newer browsers answer with a promise, which is no way to end an effect.
    void window.scrollTo(0, 0);
  }, [slip]);
  const said = canOpen ? saidOf(view) : TOO_OLD;
  return (
    <div className="page" data-over={over}>
      <aside>
        <p className="name">票を開くページ</p>
        <KeyPlace view={view} read={(files) => void read(files)} putAway={() => void desk.putKeyAway().then(() => field.current?.focus())} />
        <section aria-label="読み取り">
          <ScanField onScan={onScan} field={field} />
          <p className="remark" role="status" data-mind={remark !== null && !['key-taken', 'list-taken'].includes(remark)}>
            {remark && REMARKS[remark]}
          </p>
        </section>
        <p className="promise">このページは、どこにもつながず、何も保存しません。</p>
      </aside>
      <main>
        <div className="said" data-tone={said.tone} data-slip={slip.kind} aria-live="polite">
          <h1>{said.title}</h1>
          <p>{said.lead}</p>
          {slip.kind === 'parts' && <Parts have={slip.have} of={slip.of} />}
        </div>
        {slip.kind === 'opened' && <RequestSheet content={slip.content} />}
        {slip.kind !== 'none' && (
          <div className="buttons">
            <button type="button" className="main" onClick={clear}>
              次の票<small>Esc</small>
            </button>
            {slip.kind === 'opened' && (
              <button type="button" onClick={() => window.print()}>
                印刷
              </button>
            )}
          </div>
        )}
      </main>
    </div>
  );
}

const TOO_OLD = {
  tone: 'mind',
  title: 'このブラウザーでは開けません',
  lead: 'Edge か Chrome の 137 以降、または Firefox 130 以降で開いてください。新しくするときは、パソコンの担当者に頼んでください。',
} as const;

function KeyPlace({ view, read, putAway }: { readonly view: DeskView; readonly read: (files: Iterable<File>) => void; readonly putAway: () => void }) {
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <section className="key" aria-label="鍵" data-out={view.hasKey}>
      <dl>
        <dt>役場の鍵</dt>
        <dd>{view.hasKey ? '出ています' : 'ありません'}</dd>
        <dt>窓口機の一覧</dt>
        <dd>{view.kiosks === null ? 'ありません' : `${view.kiosks}台`}</dd>
      </dl>
      <button type="button" className={view.hasKey ? undefined : 'main'} onClick={() => chooser.current?.click()}>
        鍵のファイルを選ぶ
      </button>
      <input
        ref={chooser}
        type="file"
        accept=".json,application/json"
        multiple
        hidden
        aria-hidden="true"
        onChange={({ currentTarget }) => {
          read([...(currentTarget.files ?? [])]);
          // The same file can be chosen again, and the page does not remember its name.
          currentTarget.value = '';
        }}
      />
      {view.hasKey && (
        <button type="button" onClick={putAway}>
          鍵をしまう
        </button>
      )}
    </section>
  );
}

function Parts({ have, of }: { readonly have: readonly number[]; readonly of: number }) {
  return (
    <ol className="parts">
      {Array.from({ length: of }, (_, at) => (
        <li key={at} data-have={have.includes(at + 1)}>
          {at + 1}
          <span className="spoken">{have.includes(at + 1) ? ' 読み取りました' : ' まだです'}</span>
        </li>
      ))}
    </ol>
  );
}
