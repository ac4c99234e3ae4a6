/**
 * Sealing of personal data to the office's key. Whoever has the database but not the key file has numbers, not people.
 */
import { z } from 'zod';
import { openSealedText, sealerTo } from '../../contract/hpke.ts';

/** Bound to every sealed text, so that it cannot be passed off as something else. */
const INFO = 'kazasu resident v1';

export const Person = z.strictObject({ name: z.string(), kana: z.string(), address: z.string(), birthday: z.iso.date() });
export type Person = z.infer<typeof Person>;

/** @param officePublicKey 32 bytes, base64url @returns a function that seals one person for one resident number */
export async function sealerFor(officePublicKey: string): Promise<(residentId: string, person: Person) => Promise<string>> {
  const seal = await sealerTo(officePublicKey, INFO);
  return (residentId, person) => seal(residentId, JSON.stringify(Person.parse(person)));
}

/**
 * Opens what `sealerFor` sealed.
 * @param officePrivateKey the office's key as JWK
 * @throws when the key is another, or the text was changed or belongs to another resident
 */
export async function openSealed(officePrivateKey: JsonWebKey, residentId: string, sealed: string): Promise<Person> {
  return Person.parse(JSON.parse(await openSealedText(officePrivateKey, INFO, residentId, sealed)));
}
