/**
 * What the town keeps of a My Number card: a hash of its certificate's issuer and serial number under a key made of the town's master key of
 * cards (HKDF, RFC 5869). Whoever has only the database cannot try serial numbers through. Under another master key the same card has another
 * hash, so all of them are looked for.
 */
import { createHmac, hkdfSync } from 'node:crypto';
import type { MunicipalityId } from '../../contract/ids.ts';
import type { CardMasterKeys } from '../cards/master-keys.ts';

const INFO = 'kazasu my number link v1';

export interface LinkKey {
  readonly version: number;
  /** base64url. */
  readonly key: string;
}

/** @returns one for each master key, the newest first */
export function linkKeysOf(keys: CardMasterKeys, municipalityId: MunicipalityId, identity: Uint8Array): LinkKey[] {
  return keys.versions.flatMap((version) => {
    const master = keys.master(version);
    if (!master) return [];
    const secret = new Uint8Array(hkdfSync('sha256', master, Buffer.from(municipalityId, 'utf8'), INFO, 32));
    return [{ version, key: createHmac('sha256', secret).update(identity).digest('base64url') }];
  });
}
