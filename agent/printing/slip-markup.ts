/**
 * What the slips say: one template a kind. Each slip is receiptline markup, so that the picture of it is the slip that is printed. Slips carry no
 * name but what a person asked to have on their request: who holds the card knows whose it is. Every text that comes from data goes through `escapeSlipText`.
 */
import { balanceSlipMarkup, type BalanceSlip } from './balance-slip.ts';
import { dayReportMarkup, type DayReport } from './day-report.ts';
import { eventSlipMarkup, type EventSlip } from './event-slip.ts';
import { incidentSlipMarkup, type IncidentSlip } from './incident-slip.ts';
import { loadSlipMarkup, type LoadSlip } from './load-slip.ts';
import { pointsSlipMarkup, type PointsSlip } from './points-slip.ts';
import { practiceSlipMarkup, type PracticeSlip } from './practice-slip.ts';
import { requestSlipMarkup, type RequestSlip } from './request-slip.ts';
import type { SlipFrame } from './slip-frame.ts';
import { ticketsSlipMarkup, type TicketsSlip } from './tickets-slip.ts';

export type { SlipFrame } from './slip-frame.ts';

export type SlipContent = BalanceSlip | LoadSlip | PointsSlip | EventSlip | PracticeSlip | IncidentSlip | RequestSlip | TicketsSlip | DayReport;

export function slipMarkup(content: SlipContent, frame: SlipFrame): string {
  switch (content.kind) {
    case 'balance':
      return balanceSlipMarkup(content, frame);
    case 'load':
      return loadSlipMarkup(content, frame);
    case 'points':
      return pointsSlipMarkup(content, frame);
    case 'event':
      return eventSlipMarkup(content, frame);
    case 'practice':
      return practiceSlipMarkup(content, frame);
    case 'incident':
      return incidentSlipMarkup(content, frame);
    case 'request':
      return requestSlipMarkup(content, frame);
    case 'tickets':
      return ticketsSlipMarkup(content, frame);
    case 'day-report':
      return dayReportMarkup(content, frame);
  }
}
