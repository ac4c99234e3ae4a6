/** The town's notices of the day, kind by kind. More than fit are turned like pages, by whoever wants to; nothing changes by itself. */
import { useState } from 'react';
import type { EmergencyView, NoticeView } from '../../../contract/kiosk.ts';
import { whenKnown } from '../../strings/dates.ts';
import { useKiosk } from '../kiosk-context.ts';
import { noticePages, partsOf, roomForNotices, type Sized } from '../notice-pages.ts';
import { BigButton } from './big-button.tsx';
import { MoreIcon } from './icons.tsx';
import { EmergencyIcon, NoticeIcon } from './notice-icons.tsx';
import { Lines } from './words.tsx';

interface Worded {
  readonly title: string;
  readonly text: string;
  /** Of the words, where it is not the screen's. */
  readonly lang: 'ja' | undefined;
}

/** The wording for whoever reads, as far as the town wrote it. */
export function useWording(): (notice: NoticeView) => Worded {
  const { settings } = useKiosk();
  const { form } = settings;
  return ({ ja, easy, en }) => {
    if (form === 'en') return { ...(en ?? ja), lang: en ? undefined : 'ja' };
    return { ...((form === 'easy' ? easy : undefined) ?? ja), lang: 'ja' };
  };
}

function NoticeCard({ notice, text }: { readonly notice: NoticeView; readonly text: string }) {
  const { spell } = useKiosk();
  const { title, lang } = useWording()(notice);
  const kind = spell(`notice.${notice.kind}`);
  return (
    <section className="notice">
      <h2>
        <NoticeIcon kind={notice.kind} />
        <Lines text={kind} />
      </h2>
      {title !== kind && (
        <p lang={lang}>
          <b>{title}</b>
        </p>
      )}
      <p lang={lang}>{text}</p>
    </section>
  );
}

/** @param before the words of what stands above the notices already */
export function NoticeBoard({ before }: { readonly before: readonly Sized[] }) {
  const { spell, snapshot, glass, settings } = useKiosk();
  const [turned, setTurned] = useState(0);
  const wording = useWording();
  const { notices } = snapshot;
  const room = roomForNotices(glass, settings.text);
  if (!room || notices.length === 0) return null;
  const parts = notices.flatMap((notice) => {
    const { title, text: whole } = wording(notice);
    const kind = spell(`notice.${notice.kind}`);
    // The drawing takes the room of two letters.
    const titles = [`　　${kind}`, ...(title === kind ? [] : [title])];
    return partsOf({ titles, text: whole }, room).map((text) => ({ notice, titles, text }));
  });
  const pages = noticePages(parts, before, room);
  const page = turned % pages.length;
  return (
    <>
      {(pages[page] ?? []).map((index) => {
        const part = parts[index];
        return part && <NoticeCard key={index} notice={part.notice} text={part.text} />;
      })}
      {pages.length > 1 && <BigButton look="choice" icon={<MoreIcon />} label={spell('button.more-notices')} about={`${page + 1} / ${pages.length}`} onPress={() => setTurned(page + 1)} />}
    </>
  );
}

/** An emergency in full: what, since when, and what there is to know. @param heads it is what the screen is about */
export function EmergencyWords({ emergency, heads = false }: { readonly emergency: EmergencyView; readonly heads?: boolean }) {
  const { spell, settings, snapshot } = useKiosk();
  const { title, text, lang } = useWording()(emergency);
  const Head = heads ? 'h1' : 'b';
  return (
    <section className="emergency-words">
      <div className="emergency-head">
        <EmergencyIcon />
        <Head><Lines text={spell('emergency.title')} /></Head>
        {emergency.since !== null && <span><Lines text={spell('emergency.since', { when: whenKnown(emergency.since, snapshot.now, settings.form) })} /></span>}
      </div>
      <h2 lang={lang}>{title}</h2>
      <p className="emergency-text" lang={lang}>
        {text}
      </p>
    </section>
  );
}
