/**
 * Troubles a kiosk can be in, each with a number that residents read to staff and staff look up in docs/troubles.md.
 * A number, once given, never changes its meaning. 1xx the program's own set-up, 2xx reader, 3xx printer, 4xx data, 5xx window.
 */
export const TROUBLES = {
  'configuration-invalid': { number: 101, meaning: 'The configuration file is missing or has a wrong value.', remedy: 'Read the message in the log: it names the key. Correct the file; the kiosk tries again by itself.' },
  'port-occupied': { number: 102, meaning: 'Another program uses the loopback port the kiosk wants.', remedy: 'Stop the other program (often a second kiosk), or set another `server.port`.' },
  'not-enrolled': { number: 103, meaning: 'This device has not been enrolled with the town’s backend.', remedy: 'Get a code with `npm run backend -- invite` and run `npm run agent -- enrol CODE`.' },
  'identity-unreadable': { number: 104, meaning: 'The device’s key file is damaged or belongs to another device.', remedy: 'Restore it from the backup of this device, or enrol the device again in an empty data directory.' },
  'ledger-foreign': { number: 401, meaning: 'The ledger file is not a Kazasu ledger, or another device’s.', remedy: 'Move the file away (do not delete it), restore the right one, and start again.' },
  'ledger-newer': { number: 402, meaning: 'The ledger was written by a newer version of the program.', remedy: 'Install the newer version again. The ledger is untouched.' },
  'ledger-damaged': { number: 403, meaning: 'The ledger cannot be read, or its journal does not verify.', remedy: 'Do not use the kiosk. Keep the file and restore the last backup.' },
  'disk-full': { number: 404, meaning: 'There is no room left on the disk; nothing can be recorded safely.', remedy: 'Free some disk space; the kiosk tries again by itself.' },
  'data-directory': { number: 405, meaning: 'The data directory cannot be written.', remedy: 'Check that the directory exists and belongs to the user that runs the kiosk.' },
  'ledger-set-back': { number: 406, meaning: 'The ledger is a copy from before: this device has written more since, or may have.', remedy: 'Do not use the kiosk under this name. Run `npm run agent -- hand-in`, revoke the device at the backend, and enrol it anew in an empty data directory.' },
  'reader-service-down': { number: 201, meaning: 'The card service (pcscd) does not answer.', remedy: 'Start pcscd: `systemctl start pcscd.socket`. The kiosk reconnects by itself.' },
  'reader-absent': { number: 202, meaning: 'No card reader is connected.', remedy: 'Plug the reader in. The kiosk notices by itself.' },
  'reader-faulty': { number: 203, meaning: 'The card reader is connected but does not work.', remedy: 'Unplug the reader and plug it in again.' },
  'printer-absent': { number: 301, meaning: 'The receipt printer’s serial line is not there.', remedy: 'Check the cable and `printer.path`.' },
  'printer-silent': { number: 302, meaning: 'The printer does not answer.', remedy: 'Switch the printer on; check the cable and the speed.' },
  'printer-paper-out': { number: 303, meaning: 'The printer has no paper.', remedy: 'Put in a new roll.' },
  'printer-cover-open': { number: 304, meaning: 'The printer’s cover is open.', remedy: 'Close the cover.' },
  'printer-faulty': { number: 305, meaning: 'The printer reports an error.', remedy: 'Switch it off and on. If it stays, look into the printer’s manual.' },
  'printer-no-proof': { number: 306, meaning: 'A slip was sent but the printer did not say it was printed.', remedy: 'Look whether the slip came out. Never print it again without looking.' },
  'agent-unreachable': { number: 501, meaning: 'The window has lost the agent.', remedy: 'It is restarted by itself. If it stays, switch the kiosk off and on.' },
  'unexpected': { number: 999, meaning: 'Something happened that the program did not expect.', remedy: 'Keep the log and tell the maintainers.' },
} as const;

export type TroubleName = keyof typeof TROUBLES;

/** The number residents read out. */
export function troubleNumber(name: TroubleName): number {
  return TROUBLES[name].number;
}
