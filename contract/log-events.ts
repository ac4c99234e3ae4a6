/**
 * The catalogue of log events of agent and backend: each has a written meaning and a closed list of fields. `docs/log-events.md` is
 * made from it. No field may hold anything about a person: no name, no card identifier, no account.
 */
import { z } from 'zod';

const count = z.int().min(0);
const ms = z.number().min(0);
/** A short machine-made word or message; never typed by or read from a person or a card. */
const word = z.string().max(60);
const detail = z.string().max(400);

const event = <Fields extends z.ZodRawShape>(level: 'info' | 'warn' | 'error', meaning: string, fields: Fields) => ({
  level,
  meaning,
  fields: z.strictObject(fields),
});

export const LOG_EVENTS = {
  'agent-starting': event('info', 'The agent process has begun; nothing is ready yet.', { version: word }),
  'agent-ready': event('info', 'The agent serves the window. `ms` is the time since the process began.', { ms, port: count }),
  'agent-stopping': event('info', 'The agent was told to stop.', { why: word }),
  'trouble-entered': event('error', 'The kiosk cannot serve; residents see the number. See docs/troubles.md.', { trouble: word, number: count, detail }),
  'trouble-left': event('info', 'The cause of the trouble is gone; the kiosk serves again.', { trouble: word }),
  'unexpected-error': event('error', 'A fault of the program itself. Tell the maintainers.', { where: word, detail }),
  'reader-status': event('info', 'The card reader’s status changed.', { status: word, why: word, readers: count }),
  'reader-process-ended': event('warn', 'The process that talks to the reader ended or was ended; another one is started.', { why: word, detail }),
  'reader-trouble': event('warn', 'PC/SC or the reader refused something. The status says whether it matters.', { what: word, detail }),
  'card-arrived': event('info', 'A card was placed. `generation` counts arrivals since start; nothing of the card is logged.', { generation: count }),
  'card-left': event('info', 'The card was taken away.', { generation: count }),
  'card-recognised': event('info', 'What kind of card it is.', { generation: count, kind: word, ms }),
  'card-read-dropped': event('info', 'A result came after the card had left and was thrown away.', { generation: count }),
  'scanner-status': event('info', 'The code scanner’s status changed. `ready` says that its line is open; a scanner tells no more.', { status: word, why: word }),
  'code-scanned': event('info', 'A code was shown: a card’s, a `foreign` one, or a `damaged` one. Nothing of what it says is logged.', { kind: word }),
  'session-screen': event('info', 'The session shows another screen.', { screen: word }),
  'session-ended': event('info', 'A person’s session is over and everything of it was erased.', { how: word, seconds: count }),
  'value-prepared': event('info', 'A movement of value with a card (`kind`: load, spend, …) was made durable as an intent.', { kind: word, operation: word }),
  'value-committed': event('info', 'It was committed: movement and journal entry are durable.', { kind: word, operation: word }),
  'value-aborted': event('warn', 'It did not happen; nothing changed.', { kind: word, operation: word, why: word }),
  'value-unknown': event('warn', 'Whether it happened will be decided when the card is seen again.', { kind: word, operation: word }),
  'staff-signed-in': event('info', 'Somebody of the staff signed in with card and PIN.', { staff: word, role: word }),
  'staff-pin-wrong': event('warn', 'A wrong PIN was typed for a staff card; at 0 the office must unlock it (`staff unlock`).', { triesLeft: count }),
  'cash-recorded': event('info', 'Cash that staff counted in (`sale`) or gave back (`refund`) was made durable.', { kind: word, operation: word }),
  'card-suspect': event('error', 'A card proved something impossible and was stopped. Staff must look at it.', { profile: word, why: word }),
  'card-keys-missing': event('warn', 'The keys of a card could not be had; its last known balance is shown.', { profile: word, why: word }),
  'intent-resolved': event('info', 'An open intent from before was decided.', { operation: word, outcome: word }),
  'printer-status': event('info', 'The printer’s status changed.', { status: word, why: word }),
  'paper-near-end': event('warn', 'The printer says that its paper ends soon: staff put in a new roll before it does.', {}),
  'paper-enough': event('info', 'The printer has enough paper again.', {}),
  'print-started': event('info', 'A slip is being sent to the printer.', { slip: word, slipNumber: count }),
  'slip-unprintable': event('error', 'A slip was not printed because no font has these characters (docs/characters.md), or it is too wide or too long.', { why: word, characters: detail }),
  'print-settled': event('info', 'What became of the slip. `proof`: `marker` the printer said that it is on paper, `status` it took it up and had no complaint (docs/printers.md), `none`.', { slip: word, slipNumber: count, outcome: word, proof: word, ms }),
  'sync-pushed': event('info', 'Journal entries were acknowledged by the backend.', { entries: count, acknowledgedSeq: count }),
  'sync-pulled': event('info', 'Changes came from the backend.', { changes: count, cursor: count }),
  'request-sent': event('info', 'A request lies at the office, and is erased here.', { left: count }),
  'link-decided': event('info', 'Somebody wished to link a My Number card, and what became of it: `linked`, or why not. Nothing of the card or the account is logged.', { device: word, outcome: word, detail }),
  'leases-returned': event('info', 'What was set aside for this device and is over, recalled or not needed any more was given back.', { leases: count }),
  'sync-online': event('info', 'The backend can be reached again.', { unsent: count }),
  'sync-offline': event('warn', 'The backend cannot be reached; the kiosk goes on within its leases.', { detail }),
  'sync-refused': event('error', 'The backend refused a request. Staff must look at it.', { what: word, detail }),
  'clock-off': event('warn', 'The device’s clock differs from the backend’s.', { seconds: z.int() }),
  'staff-called': event('info', 'Somebody pressed 職員を呼ぶ.', { callNumber: count, screen: word }),
  'window-connected': event('info', 'A window receives snapshots.', { windows: count }),
  'window-refused': event('warn', 'A request to the window’s port was refused.', { why: word }),
  'backend-ready': event('info', 'The backend serves.', { ms, port: count, engine: word }),
  'backend-posted': event('info', 'Journal entries of a device were posted.', { device: word, entries: count, acknowledgedSeq: count }),
  'backend-refused': event('warn', 'A request was refused.', { device: word, what: word, detail }),
  'backend-anomaly': event('error', 'Something that must not happen; kept for staff to resolve.', { device: word, what: word, detail }),
  'integrity-held': event('info', 'The whole ledger was added up again and every journal verified; everything holds.', { movements: count, entries: count, seconds: count }),
  'integrity-failed': event('error', 'The ledger does not hold. Stop loading value and tell the maintainers; `npm run backend -- integrity` lists the faults.', { faults: count, detail }),
  'value-expired': event('info', 'Value that was past its last day was taken out of the ledger.', { movements: count }),
  'generation-began': event('warn', 'The backend was put back from a backup; this device begins its copy of the town’s records anew.', { generation: word }),
  'ledger-backed-up': event('info', 'A copy of the ledger was made and verified.', { entries: count, ms }),
  'platform-settled': event('info', 'The regional-currency platform confirmed what our ledger told it.', { settled: count, waiting: count }),
  'platform-unreachable': event('warn', 'The regional-currency platform does not answer; it is asked again under the same keys.', { waiting: count, detail }),
  'device-enrolled': event('info', 'A device was enrolled.', { device: word, site: word }),
} as const;

export type LogEventName = keyof typeof LOG_EVENTS;
export type LogEventFields = { [Name in LogEventName]: z.infer<(typeof LOG_EVENTS)[Name]['fields']> };
