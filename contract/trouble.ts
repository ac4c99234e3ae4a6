/**
 * Troubles a kiosk can be in, each with a number that residents read to staff and staff look up in docs/troubles.md. `staff`: what staff do at
 * the counter, in the order in which they do it.
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
  'printer-absent': { number: 301, meaning: 'The receipt printer’s serial line is not there.', remedy: 'Check the cable and `printer.path`.', staff: 'プリンターのケーブルが両端で差さっているか見ます。抜けていたら差し直します。自動で直ります。' },
  'printer-silent': { number: 302, meaning: 'The printer does not answer.', remedy: 'Switch the printer on; check the cable and the speed.', staff: 'プリンターの電源ランプを見ます。消えていたら入れます。ついていたら、ケーブルを差し直します。' },
  'printer-paper-out': { number: 303, meaning: 'The printer has no paper.', remedy: 'Put in a new roll.', staff: '新しいロール紙を入れます。出かけの紙は捨てます。必要なら、もう一度「紙に出す」を押します。' },
  'printer-cover-open': { number: 304, meaning: 'The printer’s cover is open.', remedy: 'Close the cover.', staff: 'カバーを「カチッ」と音がするまで閉めます。出かけの紙は捨てます。' },
  'printer-faulty': { number: 305, meaning: 'The printer reports an error.', remedy: 'Switch it off and on. If it stays, look into the printer’s manual.', staff: 'プリンターのボタンで休止になっていないか見ます。紙づまりがあれば取り、電源を切って入れ直します。' },
  'printer-no-proof': { number: 306, meaning: 'A slip was sent but the printer did not say it was printed.', remedy: 'Look whether the slip came out. Never print it again without looking.', staff: '紙が出ているか、まず目で見ます。切れ目まで出ていればお渡しします。出ていなければ、もう一度「紙に出す」を押します。' },
  'printer-cutter': { number: 307, meaning: 'The printer’s cutter is stuck.', remedy: 'Switch the printer off, take the paper out, move the cutter back as the manual says, switch it on.', staff: '電源を切り、カバーを開けて詰まった紙を取ります。開かないときは、刃を手で戻すつまみを回します（説明書）。電源を入れます。' },
  'printer-overheated': { number: 308, meaning: 'The printer paused by itself, nearly always because its head is too hot.', remedy: 'Wait some minutes. If it comes often, leave room for air around it.', staff: 'そのまま数分待ちます。自動で直ります。何度も出るときは、まわりを空けて風を通します。' },
  'printer-unrecoverable': { number: 309, meaning: 'The printer has a fault that it cannot clear by itself.', remedy: 'Switch it off, wait ten seconds, switch it on. If it comes again, the printer needs repair.', staff: '電源を切り、10秒待って入れます。また出るときは修理を頼みます。その間も、お金の受け取りはできます。' },
  'printer-garbled': { number: 310, meaning: 'What comes from the printer means nothing, or its line cannot be opened.', remedy: 'Check the speed (`printer.baudRate`), `printer.profile`, the cable, and that no other program uses the line.', staff: 'ケーブルを差し直します。直らないときは、通信速度と機種の設定（printer.baudRate、printer.profile）を担当者が確かめます。' },
  'printer-power-cycled': { number: 311, meaning: 'The printer lost its power in the middle of a slip; nobody knows how much of it came out.', remedy: 'Look whether the slip came out. Check the power cable. Print again only when it did not.', staff: '電源コードを確かめます。紙が切れ目まで出ていればお渡しします。出ていなければ途中の紙を捨て、もう一度「紙に出す」を押します。' },
  'printer-line-lost': { number: 312, meaning: 'The cable to the printer was lost in the middle of a slip; nobody knows how much of it came out.', remedy: 'Look whether the slip came out. Put the cable back. Print again only when it did not.', staff: 'ケーブルを差し直します。紙が切れ目まで出ていればお渡しします。出ていなければ途中の紙を捨て、もう一度「紙に出す」を押します。' },
  'printer-stopped-at-end': { number: 313, meaning: 'The printer stopped when it had taken the whole slip; the rest may come out when it is put right.', remedy: 'Put the printer right, wait, and look whether the slip comes out. Print again only when it does not.', staff: '紙・カバー・カッターを直して、少し待ちます。続きが出たらお渡しします。出なければ、もう一度「紙に出す」を押します。' },
  'slip-character': { number: 314, meaning: 'The slip has a character that this printer cannot print; nothing was printed.', remedy: 'Write the slip by hand. Tell the maintainers which name or place it was.', staff: '紙には何も出ていません。その方の控えは手書きでお渡しし、どの文字かを担当者に伝えます。' },
  'slip-layout': { number: 315, meaning: 'The slip does not fit on the paper as it is made; nothing was printed.', remedy: 'Write the slip by hand. Tell the maintainers: the template needs a change.', staff: '紙には何も出ていません。控えは手書きでお渡しし、どの票かを担当者に伝えます。' },
  'agent-unreachable': { number: 501, meaning: 'The window has lost the agent.', remedy: 'It is restarted by itself. If it stays, switch the kiosk off and on.' },
  'glass-too-small': { number: 502, meaning: 'The glass is too small for letters of 9 mm, or `display.ppi` is wrong.', remedy: 'Correct `display.ppi` (pixels across ÷ inches across). The smallest glass is 10.1 inches across (215 × 134 mm); upright 260 × 460 mm.' },
  'unexpected': { number: 999, meaning: 'Something happened that the program did not expect.', remedy: 'Keep the log and tell the maintainers.' },
} as const;

export type TroubleName = keyof typeof TROUBLES;

/** The number residents read out. */
export function troubleNumber(name: TroubleName): number {
  return TROUBLES[name].number;
}
