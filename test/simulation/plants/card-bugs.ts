/** Bugs between the program and a card. */
import type { CardReader, TransmitResult } from '../../../hardware/reader/card-reader.ts';
import { bug, type PlantedBug } from './planted-bug.ts';

const readerWith = (transmit: (reader: CardReader) => CardReader['transmit']) => () => ({
  reader: (reader: CardReader): CardReader => ({
    status: () => reader.status(),
    presence: () => reader.presence(),
    onChange: (listener) => reader.onChange(listener),
    connect: (generation, options) => reader.connect(generation, options),
    disconnect: (generation, disposition) => reader.disconnect(generation, disposition),
    close: () => reader.close(),
    transmit: transmit(reader),
  }),
});

const isIdentifierQuestion = (command: Uint8Array) => command[0] === 0xff && command[1] === 0xca;

export const CARD_BUGS: readonly PlantedBug[] = [
  bug(
    'last-cards-answer',
    'the next card is given the last card’s identifier',
    readerWith((reader) => {
      let last: TransmitResult | undefined;
      return async (generation, command) => {
        const result = await reader.transmit(generation, command);
        if (!isIdentifierQuestion(command)) return result;
        if (result.kind === 'answered') last ??= result;
        return last ?? result;
      };
    }),
  ),
  bug(
    'every-command-twice',
    'every command is sent twice',
    readerWith((reader) => async (generation, command) => {
      await reader.transmit(generation, Uint8Array.from(command));
      return reader.transmit(generation, command);
    }),
  ),
];
