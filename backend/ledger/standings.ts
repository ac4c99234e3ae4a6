/** Why people have no right to buy: what each device was told of it, so that it is told again only when it is another. */
import type { AccountId, SchemeId } from '../../contract/ids.ts';
import type { Standing } from '../../contract/refusal.ts';
import { insertAll } from '../database/insert-all.ts';
import { buyersAround } from './buyers.ts';
import { announce, type MunicipalityWork } from './change-feed.ts';
import type { LeasingDevice } from './leasing.ts';
import type { OnSale } from './on-sale.ts';

type Told = ReadonlyMap<string, { readonly why: Standing; readonly fresh: boolean }>;

/** What a device was told of why people have no right, and what it must be told now. */
export class StandingsTold {
  readonly #work: MunicipalityWork;
  readonly #device: LeasingDevice;
  readonly #sold: OnSale;
  readonly #told: Told;
  readonly #now = new Map<AccountId, Standing | null>();

  private constructor(work: MunicipalityWork, device: LeasingDevice, sold: OnSale, told: Told) {
    this.#work = work;
    this.#device = device;
    this.#sold = sold;
    this.#told = told;
  }

  static async read(work: MunicipalityWork, device: LeasingDevice, sold: OnSale, accounts: readonly AccountId[]): Promise<StandingsTold> {
    const rows = await work.transaction
      .selectFrom('standing')
      .select(['account_id', 'why', 'stale', 'phase_first_day'])
      .where('municipality_id', '=', work.municipalityId)
      .where('device_id', '=', device.deviceId)
      .where('scheme_id', '=', sold.scheme.id)
      .where('account_id', 'in', accounts)
      .execute();
    return new StandingsTold(work, device, sold, new Map(rows.map((row) => [row.account_id, { why: row.why, fresh: row.stale === 0 && row.phase_first_day === sold.phase.firstDay }])));
  }

  say(account: AccountId, why: Standing | null): void {
    const told = this.#told.get(account);
    if (told?.fresh !== true ? told !== undefined || why !== null : told.why !== why) this.#now.set(account, why);
  }

  /** @returns how many were written */
  async write(): Promise<number> {
    if (this.#now.size === 0) return 0;
    const { transaction, municipalityId: municipality_id } = this.#work;
    const { deviceId } = this.#device;
    const { scheme, phase } = this.#sold;
    await transaction
      .deleteFrom('standing')
      .where('municipality_id', '=', municipality_id)
      .where('device_id', '=', deviceId)
      .where('scheme_id', '=', scheme.id)
      .where('account_id', 'in', [...this.#now.keys()])
      .execute();
    const standing = [...this.#now].flatMap(([account_id, why]) =>
      why === null ? [] : [{ municipality_id, device_id: deviceId, scheme_id: scheme.id, account_id, phase_first_day: phase.firstDay, why, stale: 0 as const }],
    );
    await insertAll(this.#work, 'standing', standing);
    const changed = [...this.#now].filter(([account, why]) => (this.#told.get(account)?.why ?? null) !== why);
    await announce(
      this.#work,
      changed.map(([accountId, why]) => ({ change: { type: 'standing' as const, accountId, schemeId: scheme.id, why }, deviceId, subject: `standing/${scheme.id}/${accountId}` })),
    );
    return this.#now.size;
  }
}

/** What the devices were told of these accounts must be looked at again. */
export async function doubtStandings({ transaction, municipalityId }: MunicipalityWork, scheme: string, accounts: readonly string[]): Promise<void> {
  if (accounts.length === 0) return;
  await transaction
    .updateTable('standing')
    .set({ stale: 1 })
    .where('municipality_id', '=', municipalityId)
    .where('scheme_id', '=', scheme)
    .where('account_id', 'in', accounts)
    .execute();
}

/** Sets that were given back count no longer: whoever had reached a limit may buy again. */
export async function doubtAfterRefunds(work: MunicipalityWork, refunds: ReadonlyArray<{ readonly schemeId: SchemeId; readonly accountId: AccountId }>): Promise<void> {
  for (const { schemeId, accountId } of refunds) {
    const people = await buyersAround(work, schemeId, [accountId]);
    await doubtStandings(work, schemeId, people.flatMap((person) => person.accounts));
  }
}
