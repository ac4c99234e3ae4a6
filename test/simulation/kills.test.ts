/** Real processes, killed a hundred times in the middle of their work; and whether the judgement over them sees anything at all. */
import { readFileSync } from 'node:fs';
import SqliteFile from 'better-sqlite3';
import { expect, it } from 'vitest';
import type { VirtualCardDefinition } from '../../hardware/simulator/virtual-card.ts';
import { writeCards } from './kills/kill-cards.ts';
import { runKills } from './kills/kill-tier.ts';
import type { KillTown } from './kills/kill-town.ts';

const KILLS = 100;
const LIMIT_MS = 15 * 60_000;

it(
  `loses and doubles nothing when its processes are killed ${KILLS} times`,
  async () => {
    const { faults, killed, figures } = await runKills({ kills: KILLS, seed: 1 }, (line) => console.log(line));
    expect(faults).toEqual([]);
    expect(killed.kiosk + killed.backend + killed.database).toBe(KILLS);
    for (const times of Object.values(killed)) expect(times).toBeGreaterThan(0);
    expect(figures.movements).toBeGreaterThan(100);
  },
  LIMIT_MS,
);

it(
  'is found out when a card is set back, or a movement is missing in the books of a kiosk',
  async () => {
    const { faults } = await runKills({ kills: 6, seed: 2, spoil }, () => undefined);
    expect(faults).toContainEqual(expect.stringMatching(/^The card desfire-\d+ holds 0 of /));
    expect(faults).toContainEqual(expect.stringMatching(/^kiosk 2 has not heard of the movement /));
  },
  LIMIT_MS,
);

async function spoil({ kiosks, cards }: KillTown): Promise<void> {
  const asIssued = new Map(cards.map(({ definition }) => [definition.name, definition]));
  for (const { cardsFile } of kiosks) {
    const now = JSON.parse(readFileSync(cardsFile, 'utf8')) as VirtualCardDefinition[];
    writeCards(cardsFile, now.map(({ name }) => asIssued.get(name)).filter((card) => card !== undefined));
  }
  const ledger = new SqliteFile(`${kiosks[1]?.dataDir ?? ''}/ledger.db`);
  ledger.exec('PRAGMA foreign_keys = OFF; DROP TRIGGER movement_never_goes; DELETE FROM movement WHERE operation_id = (SELECT min(operation_id) FROM movement)');
  ledger.close();
}
