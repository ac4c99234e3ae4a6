/** `agent reprint [NUMBER] --staff ID`: has the kiosk that runs print a slip again. */
import { StaffId } from '../contract/ids.ts';
import { readSlipNumber, slipNumberText } from '../contract/slip-number.ts';
import { loadConfiguration } from './configuration.ts';
import { loadIdentity } from './identity.ts';
import type { Clock } from './ports.ts';
import { REPRINT, type ReprintAnswer } from './reprint-errand.ts';
import { askKiosk } from './staff-errands.ts';

const EXIT = { printed: 0, notPrinted: 1, usage: 64, unavailable: 69, configuration: 78 } as const;

const say = (message: string, exit: number): number => {
  process.stderr.write(`${message}\n`);
  return exit;
};

/** @param slip as it is printed (「役場1-0042」) or only its count; the last slip when left out @returns the exit code */
export async function reprintCommand({ slip, staff, configurationPath, clock }: {
  readonly slip: string | undefined;
  readonly staff: string | undefined;
  readonly configurationPath: string;
  readonly clock: Clock;
}): Promise<number> {
  const staffId = StaffId.safeParse(staff).data;
  if (!staffId) return say('だれが印刷し直すかを書いてください。 Say who of the staff: agent reprint [NUMBER] --staff ID [--config FILE]', EXIT.usage);
  const loaded = loadConfiguration(configurationPath);
  if (!loaded.ok) return say(loaded.message, EXIT.configuration);
  const found = loadIdentity(loaded.configuration.dataDir);
  if (!found.ok) return say(found.detail, EXIT.configuration);
  const { deviceLabel } = found.identity;
  const slipNumber = slip === undefined ? undefined : numberOf(slip, deviceLabel);
  if (slip !== undefined && slipNumber === undefined) return say(`「${slip}」は、この窓口機（${deviceLabel}）の番号ではありません。 It is no slip number of this kiosk.`, EXIT.usage);
  const answer = await askKiosk(loaded.configuration.dataDir, REPRINT, { ...(slipNumber === undefined ? {} : { slipNumber }), staff: staffId }, clock);
  if (!answer) return say('窓口機から返事がありません。動いているか確かめ、紙が出ていないか見てください。 The kiosk did not answer. Look whether it runs, and whether the slip came out.', EXIT.unavailable);
  return told(answer, deviceLabel);
}

function numberOf(slip: string, deviceLabel: string): number | undefined {
  if (/^[1-9]\d{0,8}$/.test(slip)) return Number(slip);
  const read = readSlipNumber(slip);
  return read?.deviceLabel === deviceLabel.normalize('NFKC') ? read.slipNumber : undefined;
}

function told(answer: ReprintAnswer, deviceLabel: string): number {
  switch (answer.kind) {
    case 'printed':
      return say(`${slipNumberText(deviceLabel, answer.slipNumber)}（再発行 ${answer.reprint}回目）を印刷しました。 It was printed again.`, EXIT.printed);
    case 'trouble':
      return say(`${slipNumberText(deviceLabel, answer.slipNumber)}: 番号 ${answer.number}。紙が出ていないか見てください。 ${answer.remedy}`, EXIT.notPrinted);
    case 'unknown-slip':
      return say('その番号の紙は、ここでは印刷していません。 No slip of this number was printed here.', EXIT.notPrinted);
    case 'busy':
      return say('いま印刷しています。 It is being printed.', EXIT.notPrinted);
    case 'too-late':
      return say('内容は、もうこの窓口機にありません（2時間で消します）。 What was on it is not here any more: it is erased after two hours.', EXIT.notPrinted);
  }
}
