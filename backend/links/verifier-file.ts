/**
 * The stand-in for a certificate service: `my-number.json` in the data directory names a file of authorities of the *test* hierarchy, whose
 * cards anybody can make, and every certificate of theirs counts as not revoked. There is no other mode: a town's real cards need a status
 * service, which an approved operator offers, and whose connection is written against that operator's interface (`CertificateStatus`).
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { BackendUnusable, errorCode } from '../unusable.ts';
import { pinnedAuthorities } from './certificate-chain.ts';
import { createCertificateVerifier, type CertificateVerifier } from './certificate-verifier.ts';

const FILE = 'my-number.json';
const VerifierFile = z.strictObject({ mode: z.literal('test'), /** A PEM file, from the data directory. */ authorities: z.string().min(1) });

/**
 * @returns undefined without the file: then no card is linked
 * @throws BackendUnusable when it cannot be used as it is
 */
export function readVerifierFile(dataDir: string): CertificateVerifier | undefined {
  const file = path.join(dataDir, FILE);
  const unusable = (why: string) => new BackendUnusable('configuration', `${file}: ${why}. Put it right, or take the file away: then no My Number card is linked.`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw unusable(`it cannot be read (${errorCode(error)})`);
  }
  try {
    const { mode, authorities } = VerifierFile.parse(JSON.parse(text));
    return createCertificateVerifier({ authorities: pinnedAuthorities([readFileSync(path.resolve(dataDir, authorities), 'utf8')]), mode, status: async () => 'good' });
  } catch (error) {
    throw unusable(errorCode(error) === 'ENOENT' ? 'its file of authorities is not there' : 'it must be {"mode":"test","authorities":"FILE.pem"}, and the file must hold authorities');
  }
}
