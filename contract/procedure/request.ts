/**
 * What one person asked for, sealed to the office's key from the moment it exists: it travels as ciphertext, and only the office opens it. Which
 * request it is, of which procedure and what became of it, is said in the open; nothing of the person is.
 */
import { z } from 'zod';
import { openSealedText, sealerTo } from '../hpke.ts';
import { DeviceId, ProcedureId, QuestionId, RequestId } from '../ids.ts';
import { SEALED_REQUEST_CHARACTERS_MAX } from '../sync.ts';
import { Moment } from '../time.ts';
import { Answer } from './answers.ts';
import { Asker } from './condition.ts';
import { KnownFact } from './procedure.ts';

/** Bound to every sealed request, so that it cannot be passed off as something else. */
const INFO = 'kazasu request v1';

export const RequestContent = z.strictObject({
  requestId: RequestId,
  procedureId: ProcedureId,
  /** The version it was made with: the office reads the answers by it. */
  version: z.int().min(1),
  madeAt: Moment,
  device: DeviceId,
  /** As it is printed: 「役場1-0042」. */
  number: z.string().min(1).max(40),
  asker: Asker,
  answers: z.record(QuestionId, Answer),
  /** What the card had said, where it stood in for an answer. */
  known: z.partialRecord(KnownFact, Answer),
  /** In plain Japanese, as they were printed; null is a line to write by hand. They can be read when the procedure is long gone. */
  lines: z.array(z.strictObject({ label: z.string().max(40), value: z.string().max(800).nullable() })).max(60),
});
export type RequestContent = z.infer<typeof RequestContent>;

/** Of a ciphertext: whoever counts its characters learns nothing of the answers but to this many. */
const BLOCK_BYTES = 512;

/**
 * @param officePublicKey X25519, 32 bytes in base64url
 * @param entropy 32 random bytes, never the same twice; the system's own when left out
 * @throws RangeError when it is longer than anything a person could answer
 */
export async function sealRequest(officePublicKey: string, content: RequestContent, entropy?: Uint8Array): Promise<string> {
  const text = JSON.stringify(RequestContent.parse(content));
  const padded = text + ' '.repeat((BLOCK_BYTES - (Buffer.byteLength(text) % BLOCK_BYTES)) % BLOCK_BYTES);
  const seal = await sealerTo(officePublicKey, INFO);
  const sealed = await seal(content.requestId, padded, entropy);
  if (sealed.length > SEALED_REQUEST_CHARACTERS_MAX) throw new RangeError(`The request ${content.requestId} has ${sealed.length} characters, ${SEALED_REQUEST_CHARACTERS_MAX} at most`);
  return sealed;
}

/** @throws when the key is another, or the text was changed or is another request's */
export async function openRequest(officePrivateKey: JsonWebKey, requestId: RequestId, sealed: string): Promise<RequestContent> {
  const content = RequestContent.parse(JSON.parse(await openSealedText(officePrivateKey, INFO, requestId, sealed)));
  if (content.requestId !== requestId) throw new Error(`The request ${requestId} says that it is ${content.requestId}`);
  return content;
}
