/**
 * The five faces, between the end of a session and its farewell. Nobody owes an answer: whatever else is done leads past it, and so does waiting. The
 * person is forgotten already (`end`); only the kinds of things that were done are known here, and they go with the farewell or with the next session.
 */
import { sessionParts } from './session-parts.ts';

export const surveyState = sessionParts.createStateConfig({
  initial: 'deciding',
  entry: 'letGoOfCode',
  states: {
    deciding: { always: [{ guard: 'noCard', target: 'empty' }, { target: 'lying' }] },
    lying: { always: { guard: 'noCard', target: 'empty' }, after: { surveyBesideCard: '#session.farewell' } },
    empty: { after: { surveyAfterCard: '#session.farewell' } },
  },
  always: [
    { guard: 'readerLost', target: '#session.idle', actions: 'forgetDeeds' },
    { guard: 'otherCard', target: '#session.session' },
  ],
  on: {
    pick: { target: '#session.farewell', actions: 'answerSurvey' },
    decline: '#session.farewell',
    finish: '#session.farewell',
    'unusable-code': { target: '#session.notUsable.told', actions: ['forgetDeeds', 'refuseCode'] },
  },
});
