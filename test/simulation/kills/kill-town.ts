/** The town of the tier: real files, a real PostgreSQL, the backend as a process, kiosks enrolled over HTTP, cards given out. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { enrol } from '../../../agent/identity.ts';
import { createHttpBackend } from '../../../agent/sync/http-backend.ts';
import { systemClock, systemRandomness } from '../../../agent/system-ports.ts';
import { registerCard } from '../../../backend/cards/register-card.ts';
import type { CardMasterKeys } from '../../../backend/cards/master-keys.ts';
import { inTransaction, type BackendDatabase } from '../../../backend/database/backend-database.ts';
import { insertAll } from '../../../backend/database/insert-all.ts';
import { openDatabase } from '../../../backend/database/open-database.ts';
import { inviteDevice } from '../../../backend/devices/enrolment.ts';
import { officeKeyIn } from '../../../backend/people/office-key.ts';
import { seedDemo } from '../../../backend/seed/demo.ts';
import { AccountId, EntitlementId, MunicipalityId, SiteId, type DeviceId } from '../../../contract/ids.ts';
import type { VirtualCardDefinition } from '../../../hardware/simulator/virtual-card.ts';
import { newKeyFile, readKeyFile } from '../../../scripts/cards/key-file.ts';
import { freePort } from '../../support/free-port.ts';
import { ProductProcess } from '../../support/process.ts';
import { issuedCard, KEY_VERSION, writeCards, type KillCardModel } from './kill-cards.ts';
import { OwnPostgres } from './own-postgres.ts';

/** Enough people for everybody who is given a card here. */
const POPULATION = 80;
/** The cards of one kiosk's people. */
const MODELS: readonly KillCardModel[] = ['desfire', 'desfire', 'felica-lite-s', 'identifier'];
const SITES = ['yakuba', 'kotanbetsu', 'rikibiru'] as const;
export const KIOSKS = 2;
/** Grants for each account: every load uses one up. */
const GRANTS = 40;

export interface KillKiosk {
  readonly name: string;
  readonly deviceId: DeviceId;
  readonly dataDir: string;
  readonly cardsFile: string;
}

export interface KillCard {
  readonly definition: VirtualCardDefinition;
  readonly accountId: AccountId;
}

export class KillTown {
  readonly directory: string;
  readonly postgres: OwnPostgres;
  readonly database: BackendDatabase;
  readonly masters: CardMasterKeys;
  readonly kiosks: readonly KillKiosk[];
  readonly cards: readonly KillCard[];
  readonly #port: number;
  backend: ProductProcess;

  constructor(parts: Pick<KillTown, 'directory' | 'postgres' | 'database' | 'masters' | 'kiosks' | 'cards' | 'backend'>, port: number) {
    ({ directory: this.directory, postgres: this.postgres, database: this.database, masters: this.masters, kiosks: this.kiosks, cards: this.cards, backend: this.backend } = parts);
    this.#port = port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  static async make(): Promise<KillTown> {
    const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-kills-'));
    // The database server's own user must be able to enter.
    chmodSync(directory, 0o755);
    const postgres = await OwnPostgres.make(path.join(directory, 'postgres'));
    try {
      return await makeTown(directory, postgres);
    } catch (error) {
      await postgres.kill();
      rmSync(directory, { recursive: true, force: true });
      throw error;
    }
  }

  async startBackend(): Promise<void> {
    this.backend = serve(this.directory, this.postgres, this.#port);
    await this.backend.line('listening', (line) => line['type'] === 'listening', { limitMs: 60_000 });
  }

  async close(): Promise<void> {
    await this.backend.stop('SIGKILL');
    await this.database.close();
    await this.postgres.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

async function makeTown(directory: string, postgres: OwnPostgres): Promise<KillTown> {
  const data = path.join(directory, 'backend');
  const place = { dataDir: data, databaseUrl: postgres.url };
  const database = await openDatabase(place);
  await seedDemo({ database, clock: systemClock, randomness: systemRandomness, officePublicKey: officeKeyIn(data).x, population: POPULATION });
  const keyFile = path.join(data, 'card-keys.json');
  const municipality = await database.kysely.selectFrom('municipality').select('municipality_id').executeTakeFirstOrThrow();
  newKeyFile(keyFile, MunicipalityId.parse(municipality.municipality_id));
  const masters = readKeyFile(keyFile);
  const perKiosk = await giveCards(database, masters);
  const port = await freePort();
  const backend = serve(directory, postgres, port);
  await backend.line('listening', (line) => line['type'] === 'listening');
  const kiosks: KillKiosk[] = [];
  for (let index = 0; index < KIOSKS; index += 1) {
    const dataDir = path.join(directory, `kiosk-${index}`);
    const code = await inviteDevice(database, { siteId: SiteId.parse(siteOf(index)), label: `窓口${index + 1}`, nowMs: systemClock.now() }, systemRandomness);
    const http = createHttpBackend({ url: `http://127.0.0.1:${port}`, clock: systemClock, randomness: systemRandomness, log: { event: () => undefined } });
    const enrolled = await enrol({ dataDir, code, backend: http, randomness: systemRandomness });
    if (!enrolled.ok) throw new Error(enrolled.message);
    const cardsFile = path.join(directory, `cards-${index}.json`);
    writeCards(cardsFile, (perKiosk[index] ?? []).map(({ definition }) => definition));
    kiosks.push({ name: `kiosk ${index + 1}`, deviceId: enrolled.identity.deviceId, dataDir, cardsFile });
  }
  return new KillTown({ directory, postgres, database, masters, kiosks, cards: perKiosk.flat(), backend }, port);
}

const siteOf = (index: number): string => SITES[index % SITES.length] ?? SITES[0];

function serve(directory: string, postgres: OwnPostgres, port: number): ProductProcess {
  return new ProductProcess(['backend/main.ts', 'serve', '--port', String(port), '--data', path.join(directory, 'backend'), '--database-url', postgres.url]);
}

/** People without a card are given one, each with grants to take, at the site of a kiosk. @returns cards by kiosk */
async function giveCards(database: BackendDatabase, masters: CardMasterKeys): Promise<KillCard[][]> {
  const free = await database.kysely
    .selectFrom('account')
    .leftJoin('card', 'card.account_id', 'account.account_id')
    .select(['account.account_id', 'account.municipality_id'])
    .where('card.card_ref', 'is', null)
    .orderBy('account.account_id')
    .execute();
  const scheme = await database.kysely.selectFrom('scheme').select(['scheme_id', 'last_day']).where('scheme_id', 'like', 'kurashi-%').executeTakeFirstOrThrow();
  const cards: KillCard[][] = [];
  for (let kiosk = 0; kiosk < KIOSKS; kiosk += 1) {
    const own: KillCard[] = [];
    for (const [index, model] of MODELS.entries()) {
      const account = free[kiosk * MODELS.length + index];
      if (!account) throw new Error('The demo town has too few people without a card');
      const accountId = AccountId.parse(account.account_id);
      const definition = await issuedCard(model, kiosk * MODELS.length + index + 1, masters);
      const identifier = Uint8Array.from(Buffer.from(definition.uid, 'hex'));
      const registered = await registerCard(database, {
        identifier,
        accountId,
        ...(model === 'identifier' ? { profile: 'plain-identifier' as const, keyVersion: null } : { profile: model, keyVersion: KEY_VERSION }),
      });
      if (registered.kind !== 'registered') throw new Error(`The card ${definition.name} was not registered: ${registered.kind}`);
      await inTransaction(database, async (work) => {
        await work.transaction.updateTable('account').set({ home_site_id: siteOf(kiosk) }).where('account_id', '=', accountId).execute();
        await insertAll(
          work,
          'entitlement',
          Array.from({ length: GRANTS }, (_, number) => ({
            municipality_id: account.municipality_id,
            entitlement_id: EntitlementId.parse(`e-kill-${accountId}-${number}`),
            account_id: accountId,
            scheme_id: scheme.scheme_id,
            amount: 100 + number,
            lot_kind: 'free' as const,
            first_day: '2026-01-01',
            last_day: scheme.last_day,
            state: 'open' as const,
            operation_id: null,
          })),
        );
      });
      own.push({ definition, accountId });
    }
    cards.push(own);
  }
  return cards;
}
