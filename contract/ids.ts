/**
 * Identifiers that cross a boundary. Each is a branded string, so an account can never be passed where a lot is meant.
 * None of them is personal data by itself: people are known here only by numbers the town's backend made up.
 */
import { z } from 'zod';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
/** UUID of version 7 (RFC 9562): time-ordered, made and stored by the device *before* anything is sent. */
const uuidV7 = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);

export const MunicipalityId = name.brand('MunicipalityId');
export type MunicipalityId = z.infer<typeof MunicipalityId>;
export const SiteId = name.brand('SiteId');
export type SiteId = z.infer<typeof SiteId>;
export const DeviceId = name.brand('DeviceId');
export type DeviceId = z.infer<typeof DeviceId>;
export const AccountId = name.brand('AccountId');
export type AccountId = z.infer<typeof AccountId>;
export const SchemeId = name.brand('SchemeId');
export type SchemeId = z.infer<typeof SchemeId>;
export const LotId = name.brand('LotId');
export type LotId = z.infer<typeof LotId>;
export const EntitlementId = name.brand('EntitlementId');
export type EntitlementId = z.infer<typeof EntitlementId>;
/** A number of sets of a scheme that is set aside for one device. */
export const StockLeaseId = name.brand('StockLeaseId');
export type StockLeaseId = z.infer<typeof StockLeaseId>;
/** A shop, stall or office that takes value. */
export const AcceptorId = name.brand('AcceptorId');
export type AcceptorId = z.infer<typeof AcceptorId>;
/** Something that value can be given to. */
export const ActivityId = name.brand('ActivityId');
export type ActivityId = z.infer<typeof ActivityId>;
/** A person of the staff, by a number; never a name. */
export const StaffId = name.brand('StaffId');
export type StaffId = z.infer<typeof StaffId>;
/** A procedure (手続き) that residents can ask for. */
export const ProcedureId = name.brand('ProcedureId');
export type ProcedureId = z.infer<typeof ProcedureId>;
/** A question, within its procedure. */
export const QuestionId = name.brand('QuestionId');
export type QuestionId = z.infer<typeof QuestionId>;
/** A line of the town's table of fees. */
export const FeeId = name.brand('FeeId');
export type FeeId = z.infer<typeof FeeId>;
/** A part of the town (字), as in its addresses. */
export const AreaId = name.brand('AreaId');
export type AreaId = z.infer<typeof AreaId>;
/** One person's request of one procedure. */
export const RequestId = uuidV7.brand('RequestId');
export type RequestId = z.infer<typeof RequestId>;
export const OperationId = uuidV7.brand('OperationId');
export type OperationId = z.infer<typeof OperationId>;
/** One person's wish to link two cards: asked for again under the same one, it is answered the same. */
export const LinkId = uuidV7.brand('LinkId');
export type LinkId = z.infer<typeof LinkId>;
export const EntryId = uuidV7.brand('EntryId');
export type EntryId = z.infer<typeof EntryId>;

/**
 * What the system keeps of a card: HMAC-SHA-256 of its identifier under the town's card key, 32 hexadecimal digits.
 * The identifier itself is never stored or logged, and without the key it cannot be found by trying them all.
 */
export const CardRef = z.string().regex(/^[0-9a-f]{32}$/).brand('CardRef');
export type CardRef = z.infer<typeof CardRef>;
