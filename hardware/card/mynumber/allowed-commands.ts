/**
 * The only commands that may ever reach a My Number card, each in its one exact shape, and what the guard knows about the card after the
 * answer. A command that fits no shape is denied: nothing here says what is forbidden. Pure.
 *
 * Shapes are compared over the whole command, so that another class byte, a short file identifier, a beginning of a name, secure
 * messaging, an extended length, chaining or one byte too many fits none of them.
 */
import { STATUS, commandApdu, isExactly, parseResponse, selectByName, type CommandApdu } from '../apdu.ts';
import { refuseForbidden, type ListedApplication, type ListedFile, type MyNumberProfile } from './profile.ts';

export type GuardState =
  /** After power-on, and after any answer that leaves the current application open. Only SELECT of a listed name is possible. */
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'known';
      readonly application: ListedApplication;
      /** The current file, if one was selected since. */
      readonly file: ListedFile | undefined;
      /** True when the last answer said that more of it waits (61xx). */
      readonly more: boolean;
    };

export interface AllowedCommand {
  readonly name: string;
  readonly fits: (command: Uint8Array, state: GuardState) => boolean;
}

export interface GuardRules {
  readonly allowed: readonly AllowedCommand[];
  /** @param response undefined when the answer was lost: nobody knows what the card did */
  readonly after: (state: GuardState, command: Uint8Array, response: Uint8Array | undefined) => GuardState;
}

const UNKNOWN: GuardState = { kind: 'unknown' };
const READ_BINARY = Uint8Array.of(0x00, 0xb0);
const GET_RESPONSE = Uint8Array.of(0x00, 0xc0, 0x00, 0x00);

/** How many tries the PIN in the current file has left: VERIFY without data. With data behind it, it is the VERIFY itself. */
export const ASK_TRIES: CommandApdu = commandApdu({ cla: 0x00, ins: 0x20, p1: 0x00, p2: 0x80 });

/** SELECT of an application by its whole name; nothing is asked back. */
export function selectApplication({ aid }: ListedApplication): CommandApdu {
  return selectByName(aid, 'nothing');
}

/** SELECT of a file in the current application; nothing is asked back. */
export function selectFileInApplication({ id }: ListedFile): CommandApdu {
  return commandApdu({ cla: 0x00, ins: 0xa4, p1: 0x02, p2: 0x0c, data: Uint8Array.of(id >> 8, id & 0xff) });
}

/** @throws Error when the profile lists what leads to the twelve digits */
export function guardRules(profile: MyNumberProfile): GuardRules {
  refuseForbidden(profile);
  const { digestInfo, hashLength } = profile.signature;
  const signed = digestInfo.length + hashLength;
  const signedStart = Uint8Array.of(0x80, 0x2a, 0x00, 0x80, signed, ...digestInfo);
  const listed = profile.applications.map((application) => ({
    application,
    select: selectApplication(application),
    files: application.files.map((file) => ({ file, select: selectFileInApplication(file) })),
  }));

  const selectedApplication = (command: Uint8Array): ListedApplication | undefined =>
    listed.find(({ select }) => isExactly(command, select))?.application;
  const selectedFile = (command: Uint8Array, state: GuardState): ListedFile | undefined =>
    state.kind === 'known'
      ? listed.find(({ application }) => application === state.application)?.files.find(({ select }) => isExactly(command, select))?.file
      : undefined;

  const allowed: readonly AllowedCommand[] = [
    { name: 'select-application', fits: (command) => selectedApplication(command) !== undefined },
    { name: 'select-file', fits: (command, state) => selectedFile(command, state) !== undefined },
    {
      name: 'read-binary',
      // Bit 8 of P1 would make the rest of it a short file identifier. Offsets therefore end at 7FFF.
      fits: (command, state) => roleIn(state) === 'readable' && command.length === 5 && startsWith(command, READ_BINARY) && command[2]! <= 0x7f,
    },
    // The four bytes without data ask for the tries that are left. P2 = 80: the current file and no short identifier.
    { name: 'ask-tries', fits: (command, state) => roleIn(state) === 'pin' && isExactly(command, ASK_TRIES) },
    { name: 'verify', fits: (command, state) => fitsPin(command, state) },
    {
      name: 'compute-signature',
      // Only a DigestInfo, which is never anything but a hash; P1 = 00 is the variant that all implementations agree on.
      fits: (command, state) =>
        roleIn(state) === 'signature-key' &&
        command.length === 5 + signed + 1 &&
        startsWith(command, signedStart) &&
        command.at(-1) === 0x00,
    },
    // GET RESPONSE, and only while the rest of an allowed answer waits.
    {
      name: 'get-response',
      fits: (command, state) => state.kind === 'known' && state.more && command.length === 5 && startsWith(command, GET_RESPONSE),
    },
  ];

  return {
    allowed,
    after(state, command, response) {
      const answer = response === undefined ? undefined : parseResponse(response);
      if (answer === undefined || answer.kind === 'malformed') return UNKNOWN;
      if (command[1] === 0xa4) {
        // P2 = 0C asks for nothing back. Any other answer than plain success leaves open what is current now.
        if (answer.status !== STATUS.ok || answer.data.length > 0) return UNKNOWN;
        const application = selectedApplication(command);
        if (application) return { kind: 'known', application, file: undefined, more: false };
        const file = selectedFile(command, state);
        return file && state.kind === 'known' ? { ...state, file, more: false } : UNKNOWN;
      }
      return state.kind === 'known' ? { ...state, more: answer.status >> 8 === 0x61 } : UNKNOWN;
    },
  };
}

function roleIn(state: GuardState): ListedFile['role']['kind'] | undefined {
  return state.kind === 'known' ? state.file?.role.kind : undefined;
}

/** VERIFY for the current PIN file, with exactly its number of ASCII digits, so that no other secret fits by mistake. */
function fitsPin(command: Uint8Array, state: GuardState): boolean {
  const role = state.kind === 'known' ? state.file?.role : undefined;
  if (role?.kind !== 'pin' || command.length !== 5 + role.digits) return false;
  return startsWith(command, ASK_TRIES) && command[4] === role.digits && command.subarray(5).every((byte) => byte >= 0x30 && byte <= 0x39);
}

function startsWith(command: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, index) => command[index] === byte);
}
