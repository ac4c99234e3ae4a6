/** What commands work on: the card's memory, and what this session selected, proved and changed. */
import type { ApplicationMemory, DesfireMemory, FileMemory } from './memory.ts';
import type { FactorySession } from './factory-session.ts';
import type { Session } from './session.ts';
import { Refusal, requireThat } from './status.ts';
import { Transaction } from './transaction.ts';

export interface CardState {
  readonly uid: Uint8Array;
  readonly generation: 'ev2' | 'ev3';
  /** Only ever replaced as a whole, by one assignment: that is what makes each command atomic. */
  memory: DesfireMemory;
  /** The AID of the selected application; undefined at the level of the card itself. */
  selected: string | undefined;
  session: Session | undefined;
  /** Open while the card still has its factory key. */
  factorySession: FactorySession | undefined;
  transaction: Transaction;
}

/** SELECT, an authentication and every error end in this. */
export function forgetSession(state: CardState): void {
  state.session = undefined;
  state.factorySession = undefined;
  state.transaction = new Transaction();
}

export function selectedApplication(state: CardState): ApplicationMemory {
  const application = state.memory.applications.find(({ aid }) => aid === state.selected);
  if (!application) throw new Refusal('permissionDenied');
  return application;
}

export function replaceApplication(state: CardState, application: ApplicationMemory): void {
  const applications = state.memory.applications.map((other) => (other.aid === application.aid ? application : other));
  state.memory = { ...state.memory, applications };
}

export function fileOf(application: ApplicationMemory, number: number): FileMemory {
  const file = application.files[number];
  if (!file) throw new Refusal('fileNotFound');
  return file;
}

/** Bits of the key settings (the same for the card and an application). */
export const KEY_SETTING = { masterKeyChangeable: 0x01, listingFree: 0x02, creatingFree: 0x04, changeable: 0x08 } as const;

export function keySettingsOf(state: CardState): number {
  return state.selected === undefined ? state.memory.keySettings : selectedApplication(state).keySettings;
}

/** @throws Refusal unless the master key of what is selected was proved, or the settings free the command of it */
export function requireMasterKey(state: CardState, freedBy: 'listingFree' | 'creatingFree' | 'nothing'): void {
  if (freedBy !== 'nothing' && keySettingsOf(state) & KEY_SETTING[freedBy]) return;
  requireThat(state.session?.keyNumber === 0, 'authenticationError');
}
