/**
 * Port: whether a user-authentication certificate is good now. To ask for revocation one must be notified to J-LIS, or go through an operator
 * who is: what asks them stands behind `status`, and a town without it links no cards.
 */
import type { X509Certificate } from 'node:crypto';
import { checkCertificate, FIRST_GENERATION, type ChainOptions } from './certificate-chain.ts';

export type CertificateVerdict =
  | { readonly kind: 'good'; readonly certificate: X509Certificate; /** Tells it from every other; a personal identifier, to be kept as a keyed hash only. */ readonly identity: Uint8Array }
  /** `why` in machine-made words, for the log. */
  | { readonly kind: 'not-valid'; readonly why: string }
  /** Nobody can say now whether it is revoked. */
  | { readonly kind: 'not-checked' };

export interface CertificateVerifier {
  /** @param der as the card gave it */
  verify(der: Uint8Array, nowMs: number): Promise<CertificateVerdict>;
}

/** Asks whoever may know. `unknown` also when they cannot be reached. */
export type CertificateStatus = (certificate: X509Certificate) => Promise<'good' | 'revoked' | 'unknown'>;

/** Pinned authorities first, then the question of revocation. */
export function createCertificateVerifier({ authorities, mode, status }: Pick<ChainOptions, 'authorities' | 'mode'> & { readonly status: CertificateStatus }): CertificateVerifier {
  return {
    async verify(der, nowMs) {
      const verdict = checkCertificate(der, { authorities, mode, now: nowMs, policy: true, profile: FIRST_GENERATION });
      if (verdict.kind !== 'trusted') return { kind: 'not-valid', why: [verdict.kind, ...('whose' in verdict ? [verdict.whose] : []), ...('why' in verdict ? [verdict.why] : [])].join(' ') };
      const { certificate, identity } = verdict;
      switch (await status(certificate)) {
        case 'good':
          return { kind: 'good', certificate, identity };
        case 'revoked':
          return { kind: 'not-valid', why: 'revoked' };
        case 'unknown':
          return { kind: 'not-checked' };
      }
    },
  };
}
