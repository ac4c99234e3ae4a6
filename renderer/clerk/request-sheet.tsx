/** One request, as the clerk reads it and as it is printed. */
import type { SealedContent } from '../../contract/procedure/sealed-content.ts';
import { ASKER, ASKER_WORDS } from '../../contract/procedure/request-lines.ts';
import { plainWords } from '../../contract/procedure/readings.ts';
import type { Moment } from '../../contract/time.ts';
import { inTokyo } from '../strings/dates.ts';

const WEEKDAYS = ['日', '月', '火', '水', '木', '金', '土'] as const;

/** 「2026年11月22日(日) 10時05分」 */
function momentAsRead(moment: Moment): string {
  const { year, month, day, weekday, hour, minute } = inTokyo(moment);
  return `${year}年${month}月${day}日(${WEEKDAYS[weekday] ?? ''}) ${hour}時${String(minute).padStart(2, '0')}分`;
}

export function RequestSheet({ content }: { readonly content: SealedContent }) {
  const asker = { label: plainWords(ASKER.ja), value: plainWords(ASKER_WORDS[content.asker].ja) };
  // Where it was asked, it is the first line already.
  const lines = content.lines[0]?.label === asker.label ? content.lines : [asker, ...content.lines];
  const byHand = lines.filter(({ value }) => value === null).length;
  return (
    <article className="sheet">
      <header>
        <h2>{content.procedureName}</h2>
        <p className="number">
          <span>受付番号</span> <b>{content.number}</b>
        </p>
        <p className="when">{momentAsRead(content.madeAt)} に申し込み</p>
      </header>
      <dl>
        {lines.map(({ label, value }, index) => (
          <div key={index} className={value === null ? 'by-hand' : undefined}>
            <dt>{label}</dt>
            <dd>{value ?? '紙に手書き'}</dd>
          </div>
        ))}
      </dl>
      {byHand > 0 && <p className="hand-note">「紙に手書き」の{byHand}項目は、票に書いてあります。</p>}
      <footer>
        手続き {content.procedureId} 第{content.version}版　申請 {content.requestId}
      </footer>
    </article>
  );
}
