/**
 * `npm run device -- …`: drives the simulated devices of a running `npm start`. Only turns words into requests and answers into words;
 * the simulator decides (hardware/simulator/main.ts).
 *
 * Exit codes: 0 done, 1 the simulator said no, 64 the words were not understood, 69 nothing runs.
 */
import path from 'node:path';
import { askControl, NothingRuns } from '../hardware/simulator/control.ts';
import { describeAnswer, HELP, readDeviceWords } from './device-words.ts';
import { fromWhereTyped, placesIn } from './start/places.ts';

const read = readDeviceWords(process.argv.slice(2));
if (read.kind === 'help') {
  console.log(HELP);
} else if (read.kind === 'not-understood') {
  console.error(`${read.why}\n\n${HELP}`);
  process.exitCode = 64;
} else {
  const data = read.data === undefined ? path.resolve(import.meta.dirname, '../var') : fromWhereTyped(read.data);
  const socket = read.socket === undefined ? placesIn(data).simulatorSocket : fromWhereTyped(read.socket);
  try {
    const answer = await askControl(socket, read.request);
    if (answer.ok) {
      console.log(describeAnswer(read.request, answer.result));
    } else {
      console.error(answer.why);
      process.exitCode = 1;
    }
  } catch (error) {
    if (!(error instanceof NothingRuns)) throw error;
    console.error('動いているかざす窓口が見つかりません。別の端末で npm start を実行してから、もう一度どうぞ。');
    console.error(`Nothing runs here (${socket}). Run npm start in another terminal first.`);
    process.exitCode = 69;
  }
}
