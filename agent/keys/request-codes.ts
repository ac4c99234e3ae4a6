/** The QR codes of requests' slips, signed with the device's key, which nothing else needs to have. */
import type { KeyObject } from 'node:crypto';
import type { DeviceId, RequestId } from '../../contract/ids.ts';
import { requestCode } from '../../contract/procedure/request-code.ts';
import { sealedRequestCode } from '../../contract/procedure/sealed-code.ts';
import type { SealedContent } from '../../contract/procedure/sealed-content.ts';

export interface RequestCodes {
  /** The signed number: nothing of the person. */
  number(requestId: RequestId): string;
  /** The request itself, sealed to the office: one text a QR code; undefined when it is too long for paper. */
  sealed(officePublicKey: string, content: SealedContent): Promise<readonly string[] | undefined>;
}

export function createRequestCodes(identity: { readonly deviceId: DeviceId; readonly privateKey: KeyObject }): RequestCodes {
  return {
    number: (requestId) => requestCode(requestId, identity),
    sealed: (officePublicKey, content) => sealedRequestCode(officePublicKey, content, identity),
  };
}
