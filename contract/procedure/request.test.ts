import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { RequestId } from '../ids.ts';
import { openRequest, RequestContent, sealRequest } from './request.ts';

const officeKey = () => generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
const OFFICE = officeKey();
const requestId = RequestId.parse('01900000-0000-7000-8000-000000000001');
const content = (told: Partial<RequestContent> = {}) =>
  RequestContent.parse({
    requestId, procedureId: 'residence-certificate', version: 1, madeAt: '2026-11-22T01:05:00.000Z', device: 'yakuba-1', number: '役場1-0042', asker: 'self',
    answers: { scope: 'some', people: ['ハマノ　タロウ'], copies: 2, 'with-number': false, phone: null }, known: { name: '髙橋 﨑子', address: { written: '字苫前100番地' } },
    lines: [{ label: '氏名', value: '髙橋 﨑子' }, { label: '提出先', value: null }], ...told,
  });

describe('a request', () => {
  it('is read by the office, as it was made', async () => {
    const sealed = await sealRequest(OFFICE.x ?? '', content());
    expect(await openRequest(OFFICE, requestId, sealed)).toEqual(content());
  });

  it('is read by no other key, not as another request, and not when a character was changed', async () => {
    const sealed = await sealRequest(OFFICE.x ?? '', content());
    await expect(openRequest(officeKey(), requestId, sealed)).rejects.toThrow();
    await expect(openRequest(OFFICE, RequestId.parse('01900000-0000-7000-8000-000000000002'), sealed)).rejects.toThrow();
    for (const at of [0, 50, sealed.length - 2]) {
      const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`;
      await expect(openRequest(OFFICE, requestId, changed)).rejects.toThrow();
    }
  });

  it('says nothing in the open, and is never the same twice', async () => {
    const [one, other] = [await sealRequest(OFFICE.x ?? '', content()), await sealRequest(OFFICE.x ?? '', content())];
    expect(one).not.toBe(other);
    expect(Buffer.from(one, 'base64url').toString('latin1')).not.toMatch(/residence|yakuba|scope|0042/);
  });

  it('has a length that tells long names from short ones only roughly', async () => {
    const length = async (value: string) => (await sealRequest(OFFICE.x ?? '', content({ lines: [{ label: '氏名', value }] }))).length;
    expect(await length('林')).toBe(await length('長谷川 久美子'));
  });

  it('has no place for a My Number by any name, and no end', async () => {
    expect(() => content({ ...({ myNumber: '123456789012' } as object) })).toThrow();
    const endless = content({ lines: Array.from({ length: 60 }, () => ({ label: 'あ', value: 'あ'.repeat(800) })) });
    await expect(sealRequest(OFFICE.x ?? '', endless)).rejects.toThrow(RangeError);
  });
});
