/** Bugs between a kiosk and the backend, on the kiosk's side. */
import type { Backend } from '../../../agent/ports.ts';
import { bug, type PlantedBug } from './planted-bug.ts';

const backendWith = (replaced: (backend: Backend) => Partial<Backend>) => () => ({ backend: (backend: Backend): Backend => ({ ...backend, ...replaced(backend) }) });

export const SYNC_BUGS: readonly PlantedBug[] = [
  bug(
    'silence-taken-for-acknowledgement',
    'a push without an answer is taken for one that arrived',
    backendWith((backend) => ({
      async push(request) {
        const answer = await backend.push(request);
        const last = request.entries.at(-1);
        return answer.kind === 'unreachable' && last ? { kind: 'answered', value: { acknowledgedSeq: last.seq, acknowledgedHash: last.hash } } : answer;
      },
    })),
  ),
  bug('first-entry-left-out', 'the first entry of a batch is not sent', backendWith((backend) => ({ push: (request) => backend.push(request.entries.length > 1 ? { ...request, entries: request.entries.slice(1) } : request) }))),
  bug(
    'refusals-not-heard',
    'the kiosk does not hear that the town has refused what it did',
    backendWith((backend) => ({
      async pull(...words) {
        const answer = await backend.pull(...words);
        if (answer.kind !== 'answered') return answer;
        return { ...answer, value: { ...answer.value, changes: answer.value.changes.filter(({ type }) => type !== 'movement-refused') } };
      },
    })),
  ),
  bug(
    'request-taken-for-kept',
    'a request is erased at the kiosk when the office has not answered',
    backendWith((backend) => ({
      async request(upload) {
        const answer = await backend.request(upload);
        return answer.kind === 'unreachable' ? { kind: 'answered', value: { kind: 'kept' } } : answer;
      },
    })),
  ),
  bug('page-dropped', 'a page of the feed is dropped now and then, and its cursor kept', () => {
    let pages = 0;
    return {
      backend: (backend) => ({
        ...backend,
        async pull(...words) {
          const answer = await backend.pull(...words);
          if (answer.kind !== 'answered' || answer.value.changes.length === 0) return answer;
          pages += 1;
          return pages % 3 === 0 ? { ...answer, value: { ...answer.value, changes: [] } } : answer;
        },
      }),
    };
  }),
];
