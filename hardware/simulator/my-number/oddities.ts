/** In what cards of this kind were seen to differ, or differ in what is told of them; and which of it is taken for usual. */

export interface MyNumberOddities {
  /** The first command after power-up is answered 6F00, whatever it is. */
  readonly firstCommandFails: boolean;
  /** What VERIFY answers once no try is left. */
  readonly blocked: 0x6984 | 0x6983;
  /** Whether a reset without power-off (SCARD_RESET_CARD) forgets what was verified. */
  readonly reset: 'keeps' | 'forgets';
  /** What the question for the remaining tries answers while the secret is verified: 63Cx or 9000. */
  readonly queryWhenVerified: 'tries' | 'ok';
  readonly tokenInformationBytes: 160 | 20;
  readonly tokenLabel: 'JPKIAPICCTOKEN2' | 'JPKIAPICCTOKEN' | 'JPKIAPGPSETOKEN' | 'JPKIAPIOSTOKEN';
  /** Most bytes READ BINARY gives at once, whatever was asked. */
  readonly longestRead: number;
  /** What READ BINARY says with fewer bytes than asked, at the file's end. */
  readonly shortRead: 0x9000 | 0x6282;
  readonly printedNumberTries: 10 | 3;
}

export const USUAL: MyNumberOddities = {
  firstCommandFails: false,
  blocked: 0x6984,
  reset: 'keeps',
  queryWhenVerified: 'tries',
  tokenInformationBytes: 160,
  tokenLabel: 'JPKIAPICCTOKEN2',
  longestRead: 256,
  shortRead: 0x9000,
  printedNumberTries: 10,
};
