/** Copies of slips, sealed to the device that printed them (HPKE, RFC 9180): they lie in its ledger for a while. */
import { createPublicKey, type KeyObject } from 'node:crypto';

const INFO = 'kazasu slip copy v1';

export interface SlipCopies {
  seal(slipNumber: number, text: string): Promise<string>;
  /** @returns undefined when it was sealed to another device or of another number, or is damaged */
  open(slipNumber: number, sealed: string): Promise<string | undefined>;
}

/** @param sealingKey X25519, the device's own */
export function createSlipCopies(sealingKey: KeyObject): SlipCopies {
  const { x = '' } = createPublicKey(sealingKey).export({ format: 'jwk' });
  // Loaded with the first slip: the agent starts without it.
  const hpke = () => import('../../contract/hpke.ts');
  return {
    async seal(slipNumber, text) {
      const { sealerTo } = await hpke();
      return (await sealerTo(x, INFO))(String(slipNumber), text);
    },
    async open(slipNumber, sealed) {
      const { openSealedText } = await hpke();
      try {
        return await openSealedText(sealingKey.export({ format: 'jwk' }), INFO, String(slipNumber), sealed);
      } catch {
        return undefined;
      }
    },
  };
}
