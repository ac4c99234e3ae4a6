/**
 * What a virtual DESFire card keeps without power, as plain data: it can be written to a file as JSON, put back later (a card that was
 * rolled back) or given to a second card (a clone). Bytes are hexadecimal, in capitals. Holds keys: of virtual cards only.
 */
import { z } from 'zod';

const hex = (bytes?: number) => z.string().regex(bytes === undefined ? /^([0-9A-F]{2})*$/ : new RegExp(`^[0-9A-F]{${2 * bytes}}$`));
const byte = z.int().min(0).max(0xff);

const Key = z
  .strictObject({
    /** `des` is the two-key DES of a card as it comes from the factory; only the card's own master key can be one here. */
    type: z.enum(['aes', 'des']),
    value: hex(16),
    version: byte,
  })
  .readonly();
export type KeyMemory = z.infer<typeof Key>;

const CommunicationMode = z.enum(['plain', 'mac', 'full']);
export type CommunicationMode = z.infer<typeof CommunicationMode>;

const common = {
  communication: CommunicationMode,
  /** Four hexadecimal digits, most significant first: read, write, read and write, change. 0–D a key, E free, F never. */
  access: z.int().min(0).max(0xffff),
};

const DataFile = z
  .strictObject({
    ...common,
    /** What is written to `standard` is there at once; to `backup` with the commit. */
    type: z.enum(['standard', 'backup']),
    data: hex(),
  })
  .readonly();
export type DataFileMemory = z.infer<typeof DataFile>;

const ValueFile = z
  .strictObject({
    ...common,
    type: z.literal('value'),
    lower: z.int32(),
    upper: z.int32(),
    value: z.int32(),
    limitedCreditEnabled: z.boolean(),
    /** What LimitedCredit may give back: what the last transaction debited. */
    limitedCredit: z.int32(),
  })
  .readonly();
export type ValueFileMemory = z.infer<typeof ValueFile>;

const RecordFile = z
  .strictObject({
    ...common,
    type: z.enum(['linear', 'cyclic']),
    recordSize: z.int().positive(),
    /** A cyclic file keeps one record less: the last place is for the record being written. */
    maximum: z.int().positive(),
    /** Oldest first. */
    records: z.array(hex()).readonly(),
  })
  .readonly();
export type RecordFileMemory = z.infer<typeof RecordFile>;

const TransactionMacFile = z
  .strictObject({
    ...common,
    type: z.literal('transaction-mac'),
    key: Key,
    /** TMC of the last committed transaction. */
    counter: z.int().min(0).max(0xffffffff),
    /** TMV of the last committed transaction. */
    value: hex(8),
    /** TMRIPrev. */
    readerId: hex(16),
  })
  .readonly();
export type TransactionMacFileMemory = z.infer<typeof TransactionMacFile>;

const FileMemory = z.union([DataFile, ValueFile, RecordFile, TransactionMacFile]);
export type FileMemory = z.infer<typeof FileMemory>;

const Application = z
  .strictObject({
    /** As it travels: least significant byte first. */
    aid: hex(3),
    /** DF name, for ISO SELECT; empty when it has none. */
    name: hex(),
    keySettings: byte,
    /** Its data and record files get a two-byte ISO identifier when they are made. */
    isoFileIds: z.boolean(),
    keys: z.array(Key).min(1).max(14).readonly(),
    /** By file number. */
    files: z.record(z.string().regex(/^\d{1,2}$/), FileMemory).readonly(),
  })
  .readonly();
export type ApplicationMemory = z.infer<typeof Application>;

export const DesfireMemory = z
  .strictObject({
    masterKey: Key,
    keySettings: byte,
    applications: z.array(Application).readonly(),
  })
  .readonly();
export type DesfireMemory = z.infer<typeof DesfireMemory>;

export const ZERO_KEY = '00'.repeat(16);

/** Everything is allowed and may be changed. */
const FACTORY_KEY_SETTINGS = 0x0f;

/** An empty card. @param masterKey real cards come with the DES key of zeros; `aes` is one whose key type was changed already */
export function factoryMemory(masterKey: KeyMemory['type'] = 'des'): DesfireMemory {
  return { masterKey: { type: masterKey, value: ZERO_KEY, version: 0 }, keySettings: FACTORY_KEY_SETTINGS, applications: [] };
}
