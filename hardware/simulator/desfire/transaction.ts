/**
 * What a session changed and has not committed. It lives in the card's working memory: without power, after SELECT, an authentication or
 * any error it is as if it had never been. `applied` makes the memory after the commit; the card then takes it over in one step.
 */
import { concatenated, hexOf } from '../virtual-card-answers.ts';
import { fromHex } from './byte-fields.ts';
import type { ApplicationMemory, DataFileMemory, FileMemory, RecordFileMemory, TransactionMacFileMemory, ValueFileMemory } from './memory.ts';
import { requireThat } from './status.ts';
import { transactionMac } from './transaction-mac.ts';

interface PendingValue {
  value: number;
  debited: number;
  limitedCredit: number;
}

interface PendingRecords {
  cleared: boolean;
  record: Uint8Array | undefined;
}

export class Transaction {
  readonly #values = new Map<number, PendingValue>();
  readonly #data = new Map<number, Uint8Array>();
  readonly #records = new Map<number, PendingRecords>();
  #macInput: Uint8Array = new Uint8Array();
  /** TMRICur; undefined while no reader identifier was committed. */
  readerId: Uint8Array | undefined;

  get changes(): boolean {
    return this.#values.size + this.#data.size + this.#records.size > 0;
  }

  get macInput(): Uint8Array {
    return this.#macInput;
  }

  addToMac(input: Uint8Array): void {
    this.#macInput = concatenated(this.#macInput, input);
  }

  /** @param amount what is added: negative for a debit; outside the limits it is refused */
  changeValue(number: number, file: ValueFileMemory, amount: number, how: 'free' | 'limited'): void {
    const pending = this.#values.get(number) ?? { value: file.value, debited: 0, limitedCredit: file.limitedCredit };
    const value = pending.value + amount;
    requireThat(value >= file.lower && value <= file.upper, 'boundaryError');
    if (how === 'limited') {
      requireThat(file.limitedCreditEnabled, 'permissionDenied');
      requireThat(amount <= pending.limitedCredit, 'boundaryError');
      pending.limitedCredit = 0;
    }
    if (amount < 0) pending.debited -= amount;
    pending.value = value;
    this.#values.set(number, pending);
  }

  writeData(number: number, file: DataFileMemory, offset: number, data: Uint8Array): void {
    const pending = this.#data.get(number) ?? fromHex(file.data);
    pending.set(data, offset);
    this.#data.set(number, pending);
  }

  /** Writes into the one new record that the commit will add; what is written of it twice is overwritten. */
  writeRecord(number: number, file: RecordFileMemory, offset: number, data: Uint8Array): void {
    const pending = this.#records.get(number) ?? { cleared: false, record: undefined };
    requireThat(!pending.cleared, 'boundaryError');
    requireThat(file.type === 'cyclic' || file.records.length < file.maximum, 'boundaryError');
    pending.record ??= new Uint8Array(file.recordSize);
    pending.record.set(data, offset);
    this.#records.set(number, pending);
  }

  clearRecords(number: number): void {
    this.#records.set(number, { cleared: true, record: undefined });
  }

  /** The application as it is after this transaction. Changes nothing itself. */
  applied(application: ApplicationMemory, uid: Uint8Array): ApplicationMemory {
    const files = Object.entries(application.files).map(([number, file]) => [number, this.#appliedTo(Number(number), file, uid)] as const);
    return { ...application, files: Object.fromEntries(files) };
  }

  #appliedTo(number: number, file: FileMemory, uid: Uint8Array): FileMemory {
    switch (file.type) {
      case 'standard':
        return file;
      case 'backup': {
        const data = this.#data.get(number);
        return data ? { ...file, data: hexOf(data) } : file;
      }
      case 'value': {
        const pending = this.#values.get(number);
        if (!pending) return file;
        const limitedCredit = file.limitedCreditEnabled && pending.debited > 0 ? pending.debited : pending.limitedCredit;
        return { ...file, value: pending.value, limitedCredit };
      }
      case 'linear':
      case 'cyclic': {
        const pending = this.#records.get(number);
        if (!pending) return file;
        if (!pending.record) return { ...file, records: [] };
        const kept = file.type === 'cyclic' ? file.maximum - 1 : file.maximum;
        return { ...file, records: [...file.records, hexOf(pending.record)].slice(-kept) };
      }
      case 'transaction-mac':
        return this.#signed(file, uid);
    }
  }

  #signed(file: TransactionMacFileMemory, uid: Uint8Array): TransactionMacFileMemory {
    if (this.#macInput.length === 0) return file;
    const counter = file.counter + 1;
    const value = hexOf(transactionMac(fromHex(file.key.value), counter, uid, this.#macInput));
    return { ...file, counter, value, readerId: this.readerId ? hexOf(this.readerId) : file.readerId };
  }
}
