/** Refusals: one status and one message for each, in the words of the people who will read them. */
import type { FastifyReply } from 'fastify';
import type { ApiError } from '../../contract/sync.ts';
import type { BackendLog } from '../log.ts';

type What = ApiError['what'];

const REFUSALS: Readonly<Record<What, { readonly status: number; readonly message: string }>> = {
  'bad-request': { status: 400, message: '送られた内容の形が決まりと違います。窓口機のプログラムを新しくしてください。 The request does not have the agreed shape: update the kiosk’s program.' },
  'bad-signature': { status: 401, message: '窓口機の署名を確かめられません。登録をやり直してください。 The device’s signature does not verify: enrol the device again.' },
  'clock-skew': { status: 401, message: '窓口機の時計が合っていません。時刻合わせ（NTP）を確かめてください。 The device’s clock is wrong: check its time synchronisation.' },
  replayed: { status: 401, message: '同じ要求が2度届きました。新しい署名で送り直してください。 This request was used before: sign it anew.' },
  'unknown-device': { status: 401, message: 'この窓口機は登録されていません。招待コードを作り、登録してください。 This device is not enrolled: make a code and enrol it.' },
  revoked: { status: 403, message: 'この窓口機は登録を取り消されています。担当課に連絡してください。 This device has been revoked: ask the town’s office.' },
  'bad-code': { status: 403, message: '招待コードが違うか、期限切れか、使用済みです。新しいコードを作ってください。 The code is wrong, expired or used: make a new one.' },
  gap: { status: 409, message: '記録が途中から届きました。示した番号から送り直してください。 Entries are missing: push again from expectedSeq.' },
  'chain-broken': { status: 409, message: '記録のつながりが壊れています。窓口機を止め、担当者に連絡してください。 The journal does not continue the known chain: stop the device and call the maintainers.' },
  conflict: { status: 409, message: '同じ番号で別の記録があります。窓口機を止め、担当者に連絡してください。 Two histories exist for this device: stop it and call the maintainers.' },
  'too-large': { status: 413, message: '一度に送る量が多すぎます。少なく分けて送ってください。 The request is too large: send fewer entries at once.' },
  'unknown-encoding': { status: 415, message: 'この圧縮のしかたは使えません。圧縮せずに送ってください。 The body’s encoding is not known here: send it as it is.' },
  unavailable: { status: 503, message: '町のシステムがいま使えません。少し待てばひとりでに再開します。 The backend cannot serve now: try again later.' },
  'not-found': { status: 404, message: 'そのような窓口はありません。窓口機の設定（backend.url）を確かめてください。 There is nothing here: check backend.url of the kiosk.' },
};

/** Statuses of all refusals, for the description of the interface. */
export const REFUSAL_STATUSES = [...new Set(Object.values(REFUSALS).map(({ status }) => status))].sort((a, b) => a - b);

/**
 * Answers with a refusal and logs it.
 * @param about the device's id if it is known to be a device's, and why in machine-made words; never anything out of a body
 */
export function refuse(
  reply: FastifyReply,
  log: BackendLog,
  error: Omit<ApiError, 'message'>,
  about: { readonly device?: string; readonly detail: string },
): FastifyReply {
  const { status, message } = REFUSALS[error.what];
  log.event('backend-refused', { device: about.device?.slice(0, 60) ?? 'unknown', what: error.what, detail: about.detail.slice(0, 400) });
  const body: ApiError = { ...error, message };
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds);
  // RFC 7694: which encodings could have been used.
  if (error.what === 'unknown-encoding') reply.header('accept-encoding', 'zstd');
  // Past the route's own schema: a refusal has one shape on every route.
  return reply.code(status).type('application/json; charset=utf-8').serializer((value: unknown) => JSON.stringify(value)).send(body);
}
