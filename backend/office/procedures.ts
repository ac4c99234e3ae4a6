/**
 * The office makes a procedure known, changes it, or ends it, and says what parts the town has and what it takes for its papers. Every kiosk is
 * told. A version, once put, stays for the requests that were made with it.
 */
import type { MunicipalityId, ProcedureId } from '../../contract/ids.ts';
import { checkProcedure, type ProcedureMistake } from '../../contract/procedure/check-procedure.ts';
import { TownFees, type FeeLine } from '../../contract/procedure/fees.ts';
import { Procedure, type Area } from '../../contract/procedure/procedure.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { announce, asOnlyWriter, type MunicipalityWork } from '../ledger/change-feed.ts';
import type { Mistake } from './office-file.ts';

export type PutProcedure =
  | { readonly kind: 'put' | 'changed' | 'unchanged'; readonly procedure: Procedure }
  /** Nothing was changed. */
  | { readonly kind: 'wrong'; readonly mistakes: readonly Mistake[] };

const mistakeOf = ({ at, ja, en }: ProcedureMistake): Mistake => ({ at, why: `${ja}。 ${en}` });

/** @param content of the office's file */
export function putProcedure(database: BackendDatabase, municipalityId: MunicipalityId, content: unknown): Promise<PutProcedure> {
  return asOnlyWriter(database, municipalityId, async (work): Promise<PutProcedure> => {
    const checked = checkProcedure(content, await feesOf(work));
    if (checked.kind === 'wrong') return { kind: 'wrong', mistakes: checked.mistakes.map(mistakeOf) };
    const { procedure } = checked;
    const body = JSON.stringify(procedure);
    const before = await newestOf(work, procedure.id);
    if (before?.offered === 1 && before.body === body) return { kind: 'unchanged', procedure };
    if (before && before.version >= procedure.version && before.body !== body) {
      const why = `${before.version} が もうあります。変えたものには ${before.version + 1} を付けてください。 version ${before.version} is there already; what is changed gets ${before.version + 1}`;
      return { kind: 'wrong', mistakes: [{ at: 'version', why }] };
    }
    await endOffer(work, procedure.id);
    const key = { municipality_id: municipalityId, procedure_id: procedure.id, version: procedure.version };
    await work.transaction
      .insertInto('procedure')
      .values({ ...key, offered: 1, body })
      .onConflict((conflict) => conflict.columns(['municipality_id', 'procedure_id', 'version']).doUpdateSet({ offered: 1 }))
      .execute();
    await announce(work, [{ change: { type: 'procedure', procedure } }]);
    return { kind: before?.offered === 1 ? 'changed' : 'put', procedure };
  });
}

/** Whether the procedure was offered. What was asked for before stays. */
export function endProcedure(database: BackendDatabase, municipalityId: MunicipalityId, id: ProcedureId): Promise<boolean> {
  return asOnlyWriter(database, municipalityId, async (work) => {
    if (!(await endOffer(work, id))) return false;
    await announce(work, [{ change: { type: 'procedure-ended', procedureId: id } }]);
    return true;
  });
}

/** What residents can ask for now. */
export async function offeredProcedures({ kysely }: Pick<BackendDatabase, 'kysely'>, municipalityId: MunicipalityId): Promise<Procedure[]> {
  const rows = await kysely.selectFrom('procedure').select('body').where('municipality_id', '=', municipalityId).where('offered', '=', 1).orderBy('procedure_id').execute();
  return rows.map(({ body }) => Procedure.parse(JSON.parse(body)));
}

export type PutFees = { readonly kind: 'put' | 'unchanged' } | { readonly kind: 'wrong'; readonly mistakes: readonly Mistake[] };

/** The whole table, in place of what it was. A line that an offered procedure needs cannot be left out. */
export function putFees(database: BackendDatabase, municipalityId: MunicipalityId, fees: readonly FeeLine[]): Promise<PutFees> {
  return asOnlyWriter(database, municipalityId, async (work): Promise<PutFees> => {
    const offered = await offeredProcedures({ kysely: work.transaction }, municipalityId);
    const mistakes = offered.flatMap(({ id, fee }) =>
      fee === null || fees.some((line) => line.id === fee.id) ? [] : [{ at: fee.id, why: `手続き「${id}」が使っている行がありません。 The procedure ${id} needs this line` }],
    );
    if (mistakes.length > 0) return { kind: 'wrong', mistakes };
    if (!(await putList(work, 'fees', fees))) return { kind: 'unchanged' };
    await announce(work, [{ change: { type: 'fees', fees: [...fees] } }]);
    return { kind: 'put' };
  });
}

/** All parts of the town, in place of what they were. @returns false when they are the same */
export function putAreas(database: BackendDatabase, municipalityId: MunicipalityId, areas: readonly Area[]): Promise<boolean> {
  return asOnlyWriter(database, municipalityId, async (work) => {
    if (!(await putList(work, 'areas', areas))) return false;
    await announce(work, [{ change: { type: 'areas', areas: [...areas] } }]);
    return true;
  });
}

async function putList({ transaction, municipalityId }: MunicipalityWork, list: 'areas' | 'fees', content: readonly unknown[]): Promise<boolean> {
  const body = JSON.stringify(content);
  const before = await transaction.selectFrom('town_list').select('body').where('municipality_id', '=', municipalityId).where('list', '=', list).executeTakeFirst();
  if (before?.body === body) return false;
  await transaction
    .insertInto('town_list')
    .values({ municipality_id: municipalityId, list, body })
    .onConflict((conflict) => conflict.columns(['municipality_id', 'list']).doUpdateSet({ body }))
    .execute();
  return true;
}

async function feesOf({ transaction, municipalityId }: MunicipalityWork): Promise<FeeLine[]> {
  const row = await transaction.selectFrom('town_list').select('body').where('municipality_id', '=', municipalityId).where('list', '=', 'fees').executeTakeFirst();
  return row ? TownFees.parse(JSON.parse(row.body)) : [];
}

function newestOf({ transaction, municipalityId }: MunicipalityWork, id: ProcedureId) {
  return transaction
    .selectFrom('procedure')
    .select(['version', 'offered', 'body'])
    .where('municipality_id', '=', municipalityId)
    .where('procedure_id', '=', id)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
}

async function endOffer({ transaction, municipalityId }: MunicipalityWork, id: ProcedureId): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable('procedure')
    .set({ offered: 0 })
    .where('municipality_id', '=', municipalityId)
    .where('procedure_id', '=', id)
    .where('offered', '=', 1)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
