/** What staff decide: anomalies and stopped cards. */
import { CardRef, MunicipalityId } from '../../contract/ids.ts';
import { readCardMasterKeys } from '../cards/master-keys.ts';
import { townInBooks } from '../cards/register-card.ts';
import { releaseCard } from '../cards/release-card.ts';
import { withDatabase } from '../database/open-database.ts';
import { listAnomalies } from '../ledger/list-anomalies.ts';
import { resolveAnomaly, type Resolution } from '../ledger/resolve-anomaly.ts';
import { readStaffDecision } from '../ledger/staff-decision.ts';
import { systemClock } from '../ports.ts';
import { BackendUnusable } from '../unusable.ts';
import { print, remark, UsageError, type Command, type Given } from './command.ts';

const OF_TOWN = { municipality: { type: 'string' } } as const;
export const DECIDED = { staff: { type: 'string' }, reason: { type: 'string' } } as const;

export const decisionOf = (given: Given) => readStaffDecision(given.required('staff'), given.required('reason'));

/** The town that is named, if one is. @throws UsageError when it cannot be a name */
export function namedTown(given: Given): MunicipalityId | undefined {
  const name = given.optional('municipality');
  if (name === undefined) return undefined;
  const id = MunicipalityId.safeParse(name).data;
  if (!id) throw new UsageError(`"${name}" cannot be a municipality.`);
  return id;
}

export const anomaliesCommand: Command = {
  name: 'anomalies',
  usage: '  anomalies [--all]                        list what waits for staff, and what they can do; with --all also what was decided',
  options: OF_TOWN,
  async run(given) {
    given.noWords();
    const lines = await withDatabase(given.place, async (database) => {
      const { municipalityId } = await townInBooks(database, namedTown(given));
      return listAnomalies(database, municipalityId, given.flag('all'));
    });
    for (const { number, what, device, seq, noticedAt, detail, advice, resolution } of lines) {
      print([number, what, device || '-', seq === 0 ? '-' : `entry ${seq}`, noticedAt, detail].join('\t'));
      print(resolution ? `\t${resolution.decision}\t${resolution.staff}\t${resolution.at}\t${resolution.reason}` : `\t→ ${advice}`);
    }
    remark(lines.length === 0 ? 'Nothing waits for staff.' : 'Decide with: npm run backend -- resolve NUMBER --as accepted|rejected|noted --staff ID --reason TEXT');
    return 0;
  },
};

const DECISIONS = ['accepted', 'rejected', 'noted'] as const;

function decidedAs(given: Given): Resolution['decision'] {
  const word = given.required('as');
  const decision = DECISIONS.find((known) => known === word);
  if (!decision) throw new UsageError(`--as must be one of ${DECISIONS.join(', ')}, not "${word}".`);
  return decision;
}

export const resolveCommand: Command = {
  name: 'resolve',
  usage: `  resolve NUMBER --as accepted|rejected|noted --staff ID --reason TEXT
                                           decide about an anomaly, once: accepted posts what was refused (the issuer bears what is missing)`,
  options: { ...OF_TOWN, ...DECIDED, as: { type: 'string' }, 'card-keys': { type: 'string' } },
  async run(given) {
    const number = Number(given.word('number of an anomaly'));
    if (!Number.isSafeInteger(number) || number < 1) throw new UsageError('The anomaly is named by its number.');
    const resolution = { number, decision: decidedAs(given), ...decisionOf(given) };
    const cardKeys = readCardMasterKeys({ dataDir: given.place.dataDir, file: given.optional('card-keys') });
    const { what, accepted, advice } = await withDatabase(given.place, async (database) => {
      const { municipalityId } = await townInBooks(database, namedTown(given));
      return resolveAnomaly(database, municipalityId, resolution, { nowMs: systemClock.now(), cardKeys });
    });
    print(`Anomaly ${number} (${what}) is ${resolution.decision}.`);
    if (accepted) print(`The movement ${accepted.operationId} is posted.${accepted.shortfall > 0 ? ` The issuer bears ${accepted.shortfall}.` : ''}`);
    else if (resolution.decision === 'rejected') print(`The books stay as they are. ${advice}`);
    return 0;
  },
};

export const releaseCardCommand: Command = {
  name: 'cards release',
  usage: '  cards release --card REF --staff ID --reason TEXT   let a stopped card be used again; every kiosk is told',
  options: { ...OF_TOWN, ...DECIDED, card: { type: 'string' } },
  async run(given) {
    given.noWords();
    const cardRef = CardRef.safeParse(given.required('card')).data;
    if (!cardRef) throw new BackendUnusable('configuration', 'A card is named by its reference: 32 hexadecimal digits, as `cards` lists it.');
    const decision = decisionOf(given);
    await withDatabase(given.place, async (database) => {
      const { municipalityId } = await townInBooks(database, namedTown(given));
      await releaseCard(database, municipalityId, cardRef, decision, systemClock.now());
    });
    print(`The card ${cardRef} can be used again. Kiosks know it when they are online next.`);
    return 0;
  },
};
