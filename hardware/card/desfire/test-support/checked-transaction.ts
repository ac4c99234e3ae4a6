/** The backend's side of a transaction MAC, for tests: a kiosk has no key to check one. */
import { aesCmac } from '../../crypto.ts';
import { concatenated, littleEndian } from '../native-commands.ts';
import { truncatedMac } from '../secure-messaging.ts';

/** SesTMMACKey and SesTMENCKey. @param transactionCounter TMC as the commit answers it, one more than before. @param uid 7 bytes */
export function transactionKeys(key: Uint8Array, transactionCounter: number, uid: Uint8Array): { readonly mac: Uint8Array; readonly encryption: Uint8Array } {
  const derived = (label: number) => aesCmac(key, concatenated(Uint8Array.of(label, 0x00, 0x01, 0x00, 0x80), littleEndian(transactionCounter, 4), uid));
  return { mac: derived(0x5a), encryption: derived(0xa5) };
}

/** TMV, 8 bytes: what the card must have answered to the commit. */
export function transactionMacValue(key: Uint8Array, transactionCounter: number, uid: Uint8Array, input: Uint8Array): Uint8Array {
  return truncatedMac(transactionKeys(key, transactionCounter, uid).mac, input);
}
