/** Which of the town's notices are shown on a screen, and how the window gets them. Pure. */
import { EMERGENCIES_MAX, NOTICES_MAX, type KioskSnapshot, type NoticeView, type ScreenName } from '../../contract/kiosk.ts';
import type { Notice } from '../../contract/notice.ts';

export const isEmergency = ({ level }: Notice): boolean => level === 'emergency';

/** @param notices those of now, in their order */
export function shownNotices(notices: readonly Notice[], screen: ScreenName): Pick<KioskSnapshot, 'notices' | 'emergencies'> {
  return {
    notices: screen === 'start' ? notices.filter((notice) => !isEmergency(notice)).slice(0, NOTICES_MAX).map(viewOf) : [],
    emergencies: notices.filter(isEmergency).slice(0, EMERGENCIES_MAX).map((notice) => ({ ...viewOf(notice), id: notice.id, since: notice.from ?? null })),
  };
}

function viewOf({ kind = 'notice', title, text, easy, en }: Notice): NoticeView {
  return { kind, ja: { title, text }, ...(easy ? { easy } : {}), ...(en ? { en } : {}) };
}
