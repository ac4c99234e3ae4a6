/** A request as the sealed code carries it, a kiosk that signs it, and the office that opens it, for tests. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { DeviceId, ProcedureId, RequestId } from '../ids.ts';
import type { DeviceKeys } from '../procedure/open-sealed-code.ts';
import type { SealedContent } from '../procedure/sealed-content.ts';
import { Moment } from '../time.ts';

export const KIOSK_ID = DeviceId.parse('yakuba-1');

export const newOffice = () => generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });

export interface TestKiosk {
  readonly deviceId: DeviceId;
  readonly privateKey: KeyObject;
  readonly publicKey: string;
}

export function newKiosk(): TestKiosk {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { deviceId: KIOSK_ID, privateKey, publicKey: publicKey.export({ format: 'jwk' }).x ?? '' };
}

export const deviceKeysOf = ({ deviceId, publicKey }: TestKiosk, state: 'active' | 'revoked' = 'active'): DeviceKeys => ({ kind: 'kazasu device keys', devices: [{ device: deviceId, label: '役場1', publicKey, state }] });

export const sealedContent = (told: Partial<SealedContent> = {}): SealedContent => ({
  requestId: RequestId.parse('01900000-0000-7000-8000-000000000001'),
  procedureId: ProcedureId.parse('residence-certificate'),
  procedureName: '住民票の写し',
  version: 3,
  madeAt: Moment.parse('2026-11-22T01:05:00.000Z'),
  device: KIOSK_ID,
  number: '役場1-0042',
  asker: 'self',
  lines: [
    { label: '申請する人', value: '本人' },
    { label: 'のせる人', value: '世帯の一部の人' },
    { label: '必要な通数', value: '2通' },
    { label: '氏名', value: '髙橋 﨑子' },
    { label: '住所', value: '北海道苫前郡苫前町字苫前172番地の1' },
    { label: '提出先', value: null },
  ],
  ...told,
});
