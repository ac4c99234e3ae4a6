/** Copies of slips, sealed to the device that printed them (HPKE, RFC 9180): they lie in its ledger for a while. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { openSealedText, sealerTo } from '../../contract/hpke.ts';

const INFO = 'kazasu slip copy v1';

export interface SlipCopies {
  seal(slipNumber: number, text: string): Promise<string>;
  /** @returns undefined when it was sealed to another device or of another number, or is damaged */
  open(slipNumber: number, sealed: string): Promise<string | undefined>;
}

/** @param sealingKey X25519, the device's own */
export function createSlipCopies(sealingKey: KeyObject): SlipCopies {
  const { x = '' } = createPublicKey(sealingKey).export({ format: 'jwk' });
  return {
    seal: async (slipNumber, text) => (await sealerTo(x, INFO))(String(slipNumber), text),
    async open(slipNumber, sealed) {
      try {
        return await openSealedText(sealingKey.export({ format: 'jwk' }), INFO, String(slipNumber), sealed);
      } catch {
        return undefined;
      }
    },
  };
}
