/** Status codes of DESFire's native commands (SW2 of a wrapped answer, SW1 = 91), and the way a command of the virtual card ends early. */

export const DESFIRE_STATUS = {
  ok: 0x00,
  noChanges: 0x0c,
  illegalCommand: 0x1c,
  integrityError: 0x1e,
  noSuchKey: 0x40,
  lengthError: 0x7e,
  permissionDenied: 0x9d,
  parameterError: 0x9e,
  applicationNotFound: 0xa0,
  authenticationError: 0xae,
  additionalFrame: 0xaf,
  boundaryError: 0xbe,
  commandAborted: 0xca,
  duplicate: 0xde,
  fileNotFound: 0xf0,
} as const;

export type DesfireStatusName = keyof typeof DESFIRE_STATUS;

/** The card says no. Whoever catches it ends the session: on a DESFire every error does. */
export class Refusal extends Error {
  readonly status: DesfireStatusName;

  constructor(status: DesfireStatusName) {
    super(status);
    this.status = status;
  }
}

/** @throws Refusal when `condition` does not hold */
export function requireThat(condition: boolean, otherwise: DesfireStatusName): asserts condition {
  if (!condition) throw new Refusal(otherwise);
}
