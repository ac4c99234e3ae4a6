/** How a kiosk becomes known: staff make a code that works once and for a short time; the kiosk answers with a key of its own. */
import { createHash } from 'node:crypto';
import { DeviceId, MunicipalityId, SiteId } from '../../contract/ids.ts';
import type { EnrolResponse } from '../../contract/sync.ts';
import { inTransaction, type BackendDatabase } from '../database/backend-database.ts';
import type { BackendRandomness } from '../ports.ts';
import { BackendUnusable } from '../unusable.ts';

export const CODE_LIFETIME_MS = 3_600_000;
/** Crockford's alphabet: no letter that is read as a digit or as another letter. 16 of them are 80 bits. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LETTERS = 16;
const LABEL_LENGTH_MAX = 20;

/** Upper case, without the hyphens and blanks people add. */
const codeHash = (code: string) => createHash('sha256').update(code.toUpperCase().replace(/[\s-]/g, ''), 'utf8').digest('hex');

export interface Invitation {
  readonly siteId: SiteId;
  /** Short name printed in slip numbers. */
  readonly label: string;
  readonly nowMs: number;
  readonly lifetimeMs?: number;
}

/**
 * Makes a code like `7K3M-Q2ZD-…`. It is kept only as a hash.
 * @throws BackendUnusable when there is no such site, or the label cannot be printed in a slip number
 */
export async function inviteDevice(database: BackendDatabase, invitation: Invitation, randomness: BackendRandomness): Promise<string> {
  const { siteId, label, nowMs, lifetimeMs = CODE_LIFETIME_MS } = invitation;
  if (!/^\S+$/u.test(label) || [...label].length > LABEL_LENGTH_MAX) {
    throw new BackendUnusable('configuration', `The label "${label}" must be 1 to ${LABEL_LENGTH_MAX} letters without blanks, such as 役場1.`);
  }
  const sites = await database.kysely.selectFrom('site').select(['municipality_id', 'site_id']).orderBy('site_id').execute();
  const site = sites.find((row) => row.site_id === siteId);
  if (!site) {
    const known = sites.map((row) => row.site_id).join(', ');
    throw new BackendUnusable('configuration', `There is no site "${siteId}". ${known ? `Sites are: ${known}.` : 'The database holds no town yet; `seed demo` makes one.'}`);
  }
  const letters = Array.from(randomness.bytes(CODE_LETTERS), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
  const code = letters.match(/.{4}/g)?.join('-') ?? letters;
  await database.kysely
    .insertInto('enrolment_code')
    .values({ municipality_id: site.municipality_id, code_hash: codeHash(code), site_id: siteId, label, expires_ms: nowMs + lifetimeMs, used_ms: null, device_id: null })
    .execute();
  return code;
}

/**
 * Uses the code up and makes the device known. The caller has checked that the device holds the private key. The same key may ask
 * again with the same code (its answer was lost); any other is refused, and so is another sealing key: whoever saw the first request
 * could otherwise have the keys of cards sealed to himself.
 * @param request `publicKey` is `x` of the Ed25519 JWK, `sealingKey` X25519; both 32 bytes in base64url
 */
export async function enrolDevice(
  database: BackendDatabase,
  request: { readonly code: string; readonly publicKey: string; readonly sealingKey: string; readonly nowMs: number },
  randomness: BackendRandomness,
): Promise<{ readonly ok: true; readonly device: EnrolResponse } | { readonly ok: false; readonly why: 'unknown-code' | 'expired' | 'used' | 'key-known' | 'other-sealing-key' }> {
  return inTransaction(database, async ({ transaction, dialect: { forUpdate } }) => {
    const code = await transaction
      .selectFrom('enrolment_code')
      .selectAll()
      .where('code_hash', '=', codeHash(request.code))
      .modifyEnd(forUpdate)
      .executeTakeFirst();
    if (!code) return { ok: false, why: 'unknown-code' };
    const known = await transaction.selectFrom('device').select(['device_id', 'sealing_key']).where('public_key', '=', request.publicKey).executeTakeFirst();
    if (code.used_ms !== null && code.device_id !== known?.device_id) return { ok: false, why: 'used' };
    if (code.used_ms === null && known) return { ok: false, why: 'key-known' };
    if (known && known.sealing_key !== request.sealingKey) return { ok: false, why: 'other-sealing-key' };
    if (request.nowMs > code.expires_ms) return { ok: false, why: 'expired' };

    const deviceId = DeviceId.parse(known?.device_id ?? `dev-${Buffer.from(randomness.bytes(10)).toString('hex')}`);
    if (!known) {
      await transaction
        .insertInto('device')
        .values({
          municipality_id: code.municipality_id,
          device_id: deviceId,
          site_id: code.site_id,
          label: code.label,
          public_key: request.publicKey,
          sealing_key: request.sealingKey,
          state: 'active',
          enrolled_ms: request.nowMs,
          last_seen_ms: null,
        })
        .execute();
      await transaction.updateTable('enrolment_code').set({ used_ms: request.nowMs, device_id: deviceId }).where('code_hash', '=', code.code_hash).execute();
    }
    const town = await transaction.selectFrom('municipality').selectAll().where('municipality_id', '=', code.municipality_id).executeTakeFirstOrThrow();
    const site = await transaction
      .selectFrom('site')
      .selectAll()
      .where('municipality_id', '=', code.municipality_id)
      .where('site_id', '=', code.site_id)
      .executeTakeFirstOrThrow();
    return {
      ok: true,
      device: {
        deviceId,
        municipalityId: MunicipalityId.parse(code.municipality_id),
        municipalityName: town.name,
        siteId: SiteId.parse(code.site_id),
        siteName: site.name,
        deviceLabel: code.label,
        cardKey: town.card_key,
      },
    };
  });
}
