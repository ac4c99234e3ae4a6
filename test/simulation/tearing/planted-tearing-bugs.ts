/** Bugs as they happen where cards are torn, each planted at a seam; the tier must find every one of them. */
import type { Ledger } from '../../../agent/ledger/ledger.ts';
import { decideUnknown } from '../../../backend/cards/decide-unknown.ts';
import { EntryId, OperationId } from '../../../contract/ids.ts';
import { claimAccount, issuedAccount, type Movement } from '../../../contract/value.ts';
import type { ApplyOutcome, StoredValueCard } from '../../../hardware/card/stored-value.ts';
import type { CardReader, TransmitResult } from '../../../hardware/reader/card-reader.ts';
import { SET } from './pockets.ts';
import type { TearingPlant } from './tearing-plant.ts';
import { readerWith } from './torn-reader.ts';

const COMMIT = 0xc7;
const isCommit = (command: Uint8Array): boolean => command[0] === 0x90 && command[1] === COMMIT;
/** A frame passed through to the card (FF 00 00 00), with the command Write Without Encryption. */
const isFelicaWrite = (command: Uint8Array): boolean => command[0] === 0xff && command[1] === 0x00 && command[6] === 0x08;
const isDesfireAnswer = (result: TransmitResult): boolean => result.kind === 'answered' && result.response.at(-2) === 0x91;

/** Everything but some methods stays as it is; capabilities of a card may change while it is used. */
const cardWith = (card: StoredValueCard, replaced: Partial<StoredValueCard>): StoredValueCard => ({
  profile: card.profile,
  get capabilities() {
    return card.capabilities;
  },
  identifier: card.identifier,
  read: () => card.read(),
  history: () => card.history(),
  apply: (operation) => card.apply(operation),
  settle: (operationId, counterBefore) => card.settle(operationId, counterBefore),
  ...replaced,
});

const ledgerWith = (ledger: Ledger, replaced: Partial<Ledger>): Ledger => ({ ...ledger, ...replaced });

/** @param replaced what is made of the outcome of an operation */
const applyingWith = (replaced: (outcome: ApplyOutcome) => ApplyOutcome): TearingPlant => ({
  card: (card) => cardWith(card, { apply: async (operation) => replaced(await card.apply(operation)) }),
});

/** A reader whose commands and answers go through something else first. */
const sendingWith = (transmit: (reader: CardReader, generation: number, command: Uint8Array) => Promise<TransmitResult>): TearingPlant => ({
  reader: (reader) => readerWith(reader, (generation, command) => transmit(reader, generation, command)),
});

export const PLANTED_TEARING_BUGS: Readonly<Record<string, () => TearingPlant>> = {
  'a commit that is sent again when its answer makes no sense': () =>
    sendingWith(async (reader, generation, command) => {
      const result = await reader.transmit(generation, command);
      return isCommit(command) && !isDesfireAnswer(result) ? reader.transmit(generation, command) : result;
    }),
  'a write to a FeliCa card that is sent again when its answer makes no sense': () =>
    sendingWith(async (reader, generation, command) => {
      const result = await reader.transmit(generation, command);
      const garbled = result.kind === 'answered' && result.response.at(-2) !== 0x90;
      return isFelicaWrite(command) && garbled ? reader.transmit(generation, command) : result;
    }),
  'unknown taken for not committed': () =>
    applyingWith((outcome) => (outcome.kind === 'unknown' ? { kind: 'not-committed', why: 'card-moved' } : outcome)),
  'unknown taken for committed': () =>
    applyingWith((outcome) => (outcome.kind === 'unknown' ? { kind: 'committed', evidence: { kind: 'log', counter: 1 } } : outcome)),
  'a garbled answer to the commit that is believed': believedAnswers,
  'a garbled answer to the commit taken for a refusal': refusedAnswers,
  'settling that does not look into the log': () => ({
    card: (card) => cardWith(card, { settle: async () => ({ kind: 'not-committed' }) }),
  }),
  'settling that takes any growth of the counter for the operation': () => ({
    card: (card) =>
      cardWith(card, {
        async settle(operationId, counterBefore) {
          const read = await card.read();
          if (read.kind !== 'read') return card.settle(operationId, counterBefore);
          const grown = (read.counter ?? 0) >= (counterBefore ?? 0);
          return grown ? { kind: 'committed', evidence: { kind: 'log', counter: read.counter ?? 0 } } : { kind: 'not-committed' };
        },
      }),
  }),
  'an intent that notes the counter from after the operation': () => ({
    ledger: (ledger) =>
      ledgerWith(ledger, {
        prepare: (intent) => ledger.prepare({ ...intent, counterBefore: intent.counterBefore === null ? null : intent.counterBefore + 1 }),
      }),
  }),
  'an intent that is given up at a restart': () => ({ abortsAtRestart: true }),
  'an unknown outcome that the journal does not tell': () => ({ ledger: (ledger) => ledgerWith(ledger, { markUnknown: () => undefined }) }),
  'another card that settles what is open on this one': () => ({ ledger: (ledger) => ledgerWith(ledger, { openIntents: () => ledger.openIntents() }) }),
  'a claim that is dropped when the card is torn': droppedClaim,
  'a claim that nobody looks for when the card comes back': () => ({ ledger: (ledger) => ledgerWith(ledger, { neverReceivedOf: () => [] }) }),
  'a void that pays the premium out': paidOutPremium,
  'a transfer that leaves the lost card what it had': keptByLostCard,
  'a reader that gives the next card the last card’s identifier': rememberedIdentifier,
  'a town that does not look who owns a counter': () => ({
    decide: (open, card) => (card.sightings.length > 0 ? { kind: 'void' } : decideUnknown(open, card)),
  }),
  'a town that takes an unchanged card for a movement that happened': () => ({
    decide(open, card) {
      const decided = decideUnknown(open, card);
      return decided.kind === 'void' ? { kind: 'happened', counter: (open.counterBefore ?? 0) + 1 } : decided;
    },
  }),
};

/** A claim whose set did not reach the card counts as given back, and nobody gave it back. */
function droppedClaim(): TearingPlant {
  return {
    ledger: (ledger) =>
      ledgerWith(ledger, {
        abort(operationId) {
          const intent = ledger.openIntents().find((open) => open.operationId === operationId);
          ledger.abort(operationId);
          const sale = intent?.movement.kind === 'load' && intent.movement.ofOperation && ledger.movementOf(intent.movement.ofOperation);
          if (!intent || !sale) return;
          const refund = { kind: 'refund', operationId: besides(operationId), entitlementId: null, ofOperation: sale.operationId, postings: turnedRound(sale) } as const;
          ledger.recordCash({ ...sale, ...refund, sets: undefined }, { id: EntryId.parse(besides(operationId)), at: intent.preparedAt });
        },
      }),
  };
}

/** The premium of a set that is taken back becomes the customer's claim, as if it had been paid for. */
function paidOutPremium(): TearingPlant {
  return alsoPosting('void', ({ schemeId, accountId, ofOperation }, ledger) => {
    const sale = ofOperation && ledger.movementOf(ofOperation)?.ofOperation;
    return sale ? [{ debit: issuedAccount(schemeId), credit: claimAccount(accountId, sale), amount: SET.premium }] : [];
  });
}

/** What a transfer took out of the lost card's account is there again. */
function keptByLostCard(): TearingPlant {
  return alsoPosting('transfer', ({ schemeId, postings }) => postings.map(({ debit, amount }) => ({ debit: issuedAccount(schemeId), credit: debit, amount })));
}

/** @param more what is posted as well when a movement of this kind is committed */
function alsoPosting(kind: Movement['kind'], more: (movement: Movement, ledger: Ledger) => Movement['postings']): TearingPlant {
  return {
    ledger: (ledger) =>
      ledgerWith(ledger, {
        commit(operationId, entry, evidence) {
          const movement = ledger.openIntents().find((open) => open.operationId === operationId)?.movement;
          ledger.commit(operationId, entry, evidence);
          if (movement?.kind !== kind) return;
          const wrong: Movement = { ...movement, operationId: besides(operationId), lots: [], postings: more(movement, ledger) };
          ledger.applyChanges([{ type: 'movement', movement: wrong }], ledger.syncState().cursor, entry.at);
        },
      }),
  };
}

/** Another id for what a bug does besides. */
const besides = (operationId: OperationId): OperationId => OperationId.parse(`${operationId.slice(0, -4)}dead`);

const turnedRound = ({ postings }: Movement): Movement['postings'] => postings.map(({ debit, credit, amount }) => ({ debit: credit, credit: debit, amount }));

/** What the card answers to the commit is taken for its transaction MAC, whatever it is. */
function believedAnswers(): TearingPlant {
  return onGarbledCommit((answer) => ({
    kind: 'committed',
    evidence: {
      kind: 'transaction-mac',
      counter: 1,
      transactionCounter: Buffer.from(answer).readUInt32LE(0),
      value: answer.slice(4, 12),
      input: Uint8Array.of(0),
    },
  }));
}

function refusedAnswers(): TearingPlant {
  return onGarbledCommit(() => ({ kind: 'not-committed', why: 'refused' }));
}

/** @param concluded from the garbled answer, in the place of a look at the card */
function onGarbledCommit(concluded: (answer: Uint8Array) => ApplyOutcome): TearingPlant {
  let garbled: Uint8Array | undefined;
  const { reader } = sendingWith(async (inner, generation, command) => {
    const result = await inner.transmit(generation, command);
    if (isCommit(command) && result.kind === 'answered') garbled = isDesfireAnswer(result) ? undefined : result.response;
    return result;
  });
  return {
    ...(reader ? { reader } : {}),
    card: (card) =>
      cardWith(card, {
        async apply(operation) {
          garbled = undefined;
          const outcome = await card.apply(operation);
          return garbled ? concluded(garbled) : outcome;
        },
      }),
  };
}

function rememberedIdentifier(): TearingPlant {
  let last: TransmitResult | undefined;
  return sendingWith(async (reader, generation, command) => {
    const result = await reader.transmit(generation, command);
    if (command[0] !== 0xff || command[1] !== 0xca || result.kind !== 'answered') return result;
    const answer = last ?? result;
    last = result;
    return answer;
  });
}
