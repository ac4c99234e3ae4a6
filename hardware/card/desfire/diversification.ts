/**
 * Keys of one card out of a master key (NXP AN10922, AES-128), so that a key taken out of one card, or a kiosk, opens no other. Used
 * where cards are issued; a kiosk never has a master key.
 */
import { aesCmac } from '../crypto.ts';

const DIVERSIFICATION_CONSTANT = 0x01;

/**
 * @param input 16 to 31 bytes: UID, application, system identifier. AN10922 pads shorter input in its own way, up to 32 bytes; from 16
 * bytes on (17 with its constant) that is the padding of plain CMAC, so that nothing of it is repeated here
 * @throws RangeError when the input has another length
 */
export function diversifiedKey(masterKey: Uint8Array, input: Uint8Array): Uint8Array {
  if (input.length < 16 || input.length > 31) throw new RangeError(`A diversification input has 16 to 31 bytes, not ${input.length}`);
  return aesCmac(masterKey, Uint8Array.of(DIVERSIFICATION_CONSTANT, ...input));
}
