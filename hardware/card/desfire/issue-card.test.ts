import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factoryMemory, type ApplicationMemory, type DesfireMemory, type FileMemory, type KeyMemory } from '../../simulator/desfire/memory.ts';
import { issuedMemory } from '../../simulator/desfire/issued-memory.ts';
import { DirectReader, type Tear } from '../../simulator/direct-reader.ts';
import { DesfireCard } from '../../simulator/virtual-card-desfire.ts';
import { aesCmac } from '../crypto.ts';
import type { CardKeySet } from '../card-keys.ts';
import type { CardFindings, IssuedCard } from './card-findings.ts';
import { desfireCard } from './desfire-card.ts';
import { issueCard, rekeyCard, retireCard, type IssueOutcome, type RetireOutcome } from './issue-card.ts';
import { planIssue, planRekey } from './issue-plan.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import { KEY } from './layout.ts';
import { INS } from './native-commands.ts';

const UID = Uint8Array.of(0x04, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6);
const DELETE_APPLICATION = 0xda;
const CHANGE_KEY = 0xc4;
const CREATE_TRANSACTION_MAC_FILE = 0xce;

/** An issuer that has the versions 1 and 2; a key differs by card, version and purpose. */
const issuer: IssuerKeys = {
  keysOf(uid, version) {
    if (version > 2) return undefined;
    const key = (purpose: number) => aesCmac(new Uint8Array(16), Uint8Array.of(...uid, version, purpose));
    return { card: key(100), application: Object.values(KEY).map(key), transactionMac: key(101) };
  },
};

class Desk {
  readonly card: DesfireCard;
  readonly reader = new DirectReader();

  constructor(memory: DesfireMemory, uid = UID) {
    this.card = new DesfireCard({ name: 'card', uid, memory });
  }

  /** Lays the card down anew. */
  get laidDown(): IssuedCard {
    const { generation } = this.reader.insert(this.card);
    this.reader.sent.length = 0;
    return { reader: this.reader, generation, uid: UID, issuer, random: (bytes) => Uint8Array.from(randomBytes(bytes)) };
  }

  get memory(): DesfireMemory {
    return this.card.exportMemory();
  }

  get application(): ApplicationMemory {
    return this.memory.applications[0]!;
  }

  alter(change: (application: ApplicationMemory) => Partial<ApplicationMemory>): void {
    this.card.importMemory({ ...this.memory, applications: [{ ...this.application, ...change(this.application) }] });
  }

  alterFile(number: number, change: (file: FileMemory) => FileMemory): void {
    this.alter(({ files }) => ({ files: { ...files, [number]: change(files[number]!) } }));
  }
}

async function issued(version = 1, memory: DesfireMemory = factoryMemory()): Promise<Desk> {
  const desk = new Desk(memory);
  expect(await issueCard(desk.laidDown, version)).toMatchObject({ kind: 'done' });
  return desk;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase();
const keyMemory = (value: Uint8Array, version: number): KeyMemory => ({ type: 'aes', value: hex(value), version });

function expectKeys({ memory, application }: Desk, version: number): void {
  const keys = issuer.keysOf(UID, version)!;
  expect(memory.masterKey).toEqual(keyMemory(keys.card, version));
  expect(application.keys).toEqual(keys.application.map((key) => keyMemory(key, version)));
}

test.each(['des', 'aes'] as const)('an empty card with a %s factory key becomes a town card', async (type) => {
  const desk = await issued(1, factoryMemory(type));
  expectKeys(desk, 1);
  expect(desk.memory.keySettings).toBe(0x09);
  expect(desk.application).toMatchObject({ aid: '4B5A53', name: hex(Buffer.from('\xf0KAZASU1', 'latin1')), keySettings: 0x09 });
  expect(Object.keys(desk.application.files).map(Number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 15]);
  expect(desk.application.files[15]).toMatchObject({ type: 'transaction-mac', key: keyMemory(issuer.keysOf(UID, 1)!.transactionMac, 1), counter: 1 });
});

test('an issued card has the files that the other tests start from', async () => {
  const { application } = await issued();
  const { application: keys, transactionMac } = issuer.keysOf(UID, 1)!;
  const [expected] = issuedMemory({ version: 1, spend: keys[KEY.spend]!, load: keys[KEY.load]!, transactionMac }).applications;
  const { 15: proof, ...files } = application.files;
  const { 15: expectedProof, ...expectedFiles } = expected!.files;
  expect(files).toEqual(expectedFiles);
  // Issuing commits once, to write the state.
  expect({ ...proof, counter: 0, value: '00'.repeat(8) }).toEqual(expectedProof);
  expect([application.aid, application.name]).toEqual([expected!.aid, expected!.name]);
});

function kiosk(desk: Desk, version: number) {
  const { application } = issuer.keysOf(UID, version)!;
  const keys = { profile: 'desfire', version, spend: application[KEY.spend]!, load: application[KEY.load]! } as const satisfies CardKeySet;
  const presence = desk.reader.insert(desk.card);
  const options = { pocketNames: ['points'], random: (bytes: number) => Uint8Array.from(randomBytes(bytes)) };
  const card = desfireCard(desk.reader, presence, UID, { keysOf: async () => ({ kind: 'keys', keys }) }, options);
  const select = desk.reader.transmit(presence.generation, Uint8Array.from(Buffer.from('905A0000034B5A5300', 'hex')));
  return { card, select };
}

async function load(desk: Desk, amount: number, version: number): Promise<void> {
  const { card, select } = kiosk(desk, version);
  await select;
  const movements = [{ pocket: 'points', kind: 'credit', amount }] as const;
  expect(await card.apply({ operationId: '0198c0de-0000-7000-8000-000000000001', movements })).toMatchObject({ kind: 'committed' });
}

test('a kiosk reads nothing on a card just issued, and can load it', async () => {
  const desk = await issued();
  const { card, select } = kiosk(desk, 1);
  await select;
  expect(await card.read()).toEqual({ kind: 'read', pockets: new Map(), counter: 0 });
  await load(desk, 500, 1);
});

test('a town card that is issued again, or re-keyed to what it has, is left as it is', async () => {
  const desk = await issued();
  const before = desk.memory;
  expect(await issueCard(desk.laidDown, 1)).toEqual({ kind: 'done', steps: 0 });
  expect(await rekeyCard(desk.laidDown, 1)).toEqual({ kind: 'done', steps: 0 });
  expect(desk.memory).toBe(before);
});

test('a card that is out gets new keys by re-keying only, keeps its value and works with the new keys', async () => {
  const desk = await issued();
  await load(desk, 500, 1);
  const { files } = desk.application;
  expect(await issueCard(desk.laidDown, 2)).toEqual({ kind: 'issued-with', version: 1 });
  expect(await rekeyCard(desk.laidDown, 2)).toEqual({ kind: 'done', steps: 6 });
  expectKeys(desk, 2);
  expect(desk.application.files).toEqual(files);
  const { card, select } = kiosk(desk, 2);
  await select;
  expect(await card.read()).toMatchObject({ kind: 'read', pockets: new Map([['points', 500]]) });
  expect(await rekeyCard(desk.laidDown, 1)).toEqual({ kind: 'issued-with', version: 2 });
});

test('re-keying begins nothing on a card that is not wholly issued', async () => {
  const empty = new Desk(factoryMemory('aes'));
  expect(await rekeyCard(empty.laidDown, 2)).toEqual({ kind: 'not-issued' });
  const torn = await issued();
  torn.alter(({ files: { 15: _, ...files } }) => ({ files }));
  const before = torn.memory;
  expect(await rekeyCard(torn.laidDown, 2)).toEqual({ kind: 'not-issued' });
  expect(torn.memory).toBe(before);
});

test('keys that the issuer has not, or that are others, open nothing and change nothing', async () => {
  const desk = await issued();
  expect(await rekeyCard(desk.laidDown, 3)).toEqual({ kind: 'no-keys', key: 'card', version: 3 });
  const foreign = { ...desk.laidDown, issuer: { keysOf: (uid: Uint8Array, version: number) => issuer.keysOf(uid.toReversed(), version) } };
  const before = desk.memory;
  expect(await issueCard(foreign, 1)).toEqual({ kind: 'wrong-key', key: 'card', version: 1 });
  expect(await retireCard(foreign, true)).toEqual({ kind: 'wrong-key', key: 'card', version: 1 });
  expect(desk.memory).toBe(before);
  desk.alter(({ keys }) => ({ keys: keys.with(KEY.master, { ...keys[0]!, version: 7 }) }));
  expect(await issueCard(desk.laidDown, 1)).toEqual({ kind: 'no-keys', key: 'master', version: 7 });
});

test('an application, a file or a state that is laid out otherwise is not touched', async () => {
  const cases: [string, (desk: Desk) => void][] = [
    ['file 1', (desk) => desk.alterFile(1, (file) => ({ ...file, access: 0x1f11 }))],
    ['file 2', (desk) => desk.alterFile(2, (file) => ({ ...file, upper: 5 }) as FileMemory)],
    ['file 11', (desk) => desk.alter(({ files }) => ({ files: { ...files, 11: files[0]! } }))],
    ['key 4', (desk) => desk.alter(({ keys }) => ({ keys: keys.slice(0, 4) }))],
    ['state', (desk) => desk.alterFile(0, (file) => ({ ...file, data: '02'.repeat(128) }) as FileMemory)],
  ];
  for (const [what, change] of cases) {
    const desk = await issued();
    change(desk);
    const before = desk.memory;
    expect(await issueCard(desk.laidDown, 1)).toEqual({ kind: 'not-ours', what });
    expect(desk.memory).toBe(before);
  }
});

test('a card that says another UID than the reader, and one that is no DESFire, are left alone', async () => {
  const other = new Desk(factoryMemory(), UID.toReversed());
  expect(await issueCard(other.laidDown, 1)).toEqual({ kind: 'not-a-desfire' });
  const desk = new Desk(factoryMemory());
  expect(await issueCard({ ...desk.laidDown, uid: UID.slice(0, 4) }, 1)).toEqual({ kind: 'not-a-desfire' });
  expect(desk.reader.sent).toEqual([]);
  const silent = new Desk(factoryMemory());
  silent.card.respond = () => Uint8Array.of(0x6e, 0x00);
  expect(await issueCard(silent.laidDown, 1)).toEqual({ kind: 'not-a-desfire' });
});

test('a forged card that cannot make its MACs is not issued', async () => {
  const desk = await issued();
  desk.card.wrongMac = true;
  expect(await issueCard(desk.laidDown, 1)).toEqual({ kind: 'failed', doing: 'get card UID', status: undefined });
});

test('a card without value is retired, and is not issued again: its counters would begin anew', async () => {
  const desk = await issued();
  expect(await retireCard(desk.laidDown, false)).toEqual({ kind: 'retired', balances: [0, 0, 0, 0, 0, 0, 0, 0] });
  expect(desk.memory.applications).toEqual([]);
  expect(await retireCard(desk.laidDown, false)).toEqual({ kind: 'retired', balances: [] });
  expect(await issueCard(desk.laidDown, 1)).toEqual({ kind: 'retired' });
  expect(await rekeyCard(desk.laidDown, 2)).toEqual({ kind: 'retired' });
  expect(await retireCard(new Desk(factoryMemory()).laidDown, true)).toEqual({ kind: 'not-issued' });
});

test('a card with value on it is retired only when staff give the value up', async () => {
  const desk = await issued();
  await load(desk, 300, 1);
  const before = desk.memory;
  const balances = [300, 0, 0, 0, 0, 0, 0, 0];
  expect(await retireCard(desk.laidDown, false)).toEqual({ kind: 'holds-value', balances });
  expect(desk.memory).toBe(before);
  expect(await retireCard(desk.laidDown, true)).toEqual({ kind: 'retired', balances });
});

const withMemory = (memory: DesfireMemory) => new Desk(memory);

/** The card as it is after `work` was torn at any one of its commands in any way, and then done undisturbed. */
async function tornEverywhere(begin: () => Desk, work: (card: IssuedCard) => Promise<IssueOutcome | RetireOutcome>): Promise<{ readonly cases: number; readonly undisturbed: DesfireMemory; readonly others: DesfireMemory[] }> {
  const whole = begin();
  const good = await work(whole.laidDown);
  const commands = whole.reader.sent.length;
  const others: DesfireMemory[] = [];
  let cases = 0;
  for (let at = 0; at < commands; at += 1) {
    for (const tear of ['command-lost', 'answer-lost', 'answer-garbled'] satisfies Tear[]) {
      const desk = begin();
      const card = desk.laidDown;
      desk.reader.tear = (index) => (index === at ? tear : undefined);
      const torn = await work(card);
      if (tear !== 'answer-garbled') expect(torn).toEqual({ kind: 'card-moved' });
      desk.reader.tear = undefined;
      expect((await work(desk.laidDown)).kind).toBe(good.kind);
      others.push(desk.memory);
      cases += 1;
    }
  }
  expect(cases).toBe(3 * commands);
  return { cases, undisturbed: whole.memory, others };
}

test.each(['des', 'aes'] as const)('issuing (%s factory key) torn at any command is done by doing it again, and ends in the same card', async (type) => {
  const { cases, undisturbed, others } = await tornEverywhere(() => withMemory(factoryMemory(type)), (card) => issueCard(card, 1));
  expect(cases).toBeGreaterThan(150);
  for (const memory of others) expect(memory).toEqual(undisturbed);
});

test('re-keying torn at any command is done by doing it again, and ends in the same card', async () => {
  const desk = await issued();
  await load(desk, 500, 1);
  const { memory: before } = desk;
  const { cases, undisturbed, others } = await tornEverywhere(() => withMemory(before), (card) => rekeyCard(card, 2));
  expect(cases).toBeGreaterThan(150);
  expect(undisturbed.masterKey.version).toBe(2);
  for (const memory of others) expect(memory).toEqual(undisturbed);
});

/** A card whose issuing was torn at the making of its last file. */
async function halfIssued(): Promise<Desk> {
  const desk = new Desk(factoryMemory('aes'));
  const card = desk.laidDown;
  desk.reader.tear = (_index, command) => (command[1] === CREATE_TRANSACTION_MAC_FILE ? 'command-lost' : undefined);
  expect(await issueCard(card, 1)).toEqual({ kind: 'card-moved' });
  return desk;
}

test.each([
  ['a card that is out', issued],
  ['a card that was half issued', halfIssued],
])('retiring %s, torn at any command, is done by doing it again, and ends in the same card', async (_what, begin) => {
  const { memory: before } = await begin();
  const { undisturbed, others } = await tornEverywhere(() => withMemory(before), (card) => retireCard(card, false));
  expect(undisturbed).toMatchObject({ applications: [], keySettings: 0x09 });
  for (const memory of others) expect(memory).toEqual(undisturbed);
});

test('issuing torn again and again, anywhere, still ends in the same card', async () => {
  const { memory: whole, reader } = await issued();
  const commands = reader.sent.length;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 0, max: commands }), fc.constantFrom<Tear>('command-lost', 'answer-lost', 'answer-garbled')), { maxLength: 8 }), async (tears) => {
      const desk = new Desk(factoryMemory());
      for (const [at, tear] of tears) {
        const card = desk.laidDown;
        desk.reader.tear = (index) => (index === at ? tear : undefined);
        await issueCard(card, 1);
        desk.reader.tear = undefined;
      }
      expect(await issueCard(desk.laidDown, 1)).toMatchObject({ kind: 'done' });
      expect(desk.memory).toEqual(whole);
    }),
    { numRuns: 60 },
  );
});

test('a key is sent only enciphered: none of the issued keys is ever on the air', async () => {
  const desk = await issued();
  const { sent } = desk.reader;
  expect(sent.some((command) => command[1] === CHANGE_KEY)).toBe(true);
  const onAir = sent.map(hex).join(' ');
  for (const { value } of [desk.memory.masterKey, ...desk.application.keys]) expect(onAir).not.toContain(value);
});

test('nothing that moves value is sent by issuing, re-keying or retiring', async () => {
  const desk = await issued();
  const work = [() => rekeyCard(desk.laidDown, 2), () => retireCard(desk.laidDown, false)];
  const sent = [...desk.reader.sent];
  for (const each of work) {
    await each();
    sent.push(...desk.reader.sent);
  }
  expect(sent.some((command) => command[1] === DELETE_APPLICATION)).toBe(true);
  expect(sent.filter((command) => command[1] === INS.credit || command[1] === INS.debit)).toEqual([]);
});

test('the keys that everybody knows are replaced before anything else', () => {
  const found: CardFindings = { keyVersion: 0, keyType: 'des', settings: 0x0f, application: 'absent' };
  const plan = planIssue(found, 1);
  const kinds = plan.kind === 'steps' ? plan.steps.map(({ kind }) => kind) : [];
  expect(kinds.slice(0, 3)).toEqual(['change-card-key', 'create-application', 'change-key']);
  expect(kinds.at(-1)).toBe('close-card');
  expect(planRekey(found, 1)).toEqual({ kind: 'not-issued' });
});
