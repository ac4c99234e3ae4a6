/** What `npm run cards` tells the person: each outcome in Japanese and English, and the exit code. Pure; never shows a key or a UID. */
import type { IssuingTrouble, KeyOwner } from '../../hardware/card/desfire/card-findings.ts';
import type { IssueOutcome, RetireOutcome } from '../../hardware/card/desfire/issue-card.ts';
import type { LoggedOperation } from '../../hardware/card/stored-value.ts';
import type { Inspection, InspectionOutcome } from './inspection.ts';
import type { KeyFileOutcome } from './key-file.ts';
import type { NoCard } from './laid-down-card.ts';

export const EXIT = { done: 0, notDone: 1, usage: 64, keys: 66, noCard: 69, file: 73, books: 75 } as const;

export interface Told {
  readonly exit: (typeof EXIT)[keyof typeof EXIT];
  readonly text: string;
}

export const done = (text: string): Told => ({ exit: EXIT.done, text });
export const notDone = (text: string): Told => ({ exit: EXIT.notDone, text });

export function tellIssue(outcome: IssueOutcome, task: 'issue' | 'rekey', version: number): Told {
  switch (outcome.kind) {
    case 'done':
      if (outcome.steps === 0) return done(`このカードは、もうできています。何も変えていません (鍵の版 ${version})。\nThis card is complete already; nothing was changed (keys of version ${version}).`);
      return task === 'issue'
        ? done(`町のカードができました (鍵の版 ${version})。\nThe card is a town card now (keys of version ${version}).`)
        : done(`カードの鍵を版 ${version} にしました。\nThe card has the keys of version ${version} now.`);
    case 'issued-with':
      return notDone(
        outcome.version > version
          ? `カードの鍵は版 ${outcome.version} で、このファイルの版 ${version} より新しいです。新しい鍵のファイルを使ってください。\nThe card has keys of version ${outcome.version}, newer than ${version}. Use the newer file of keys.`
          : `このカードはもう町のカードです (鍵の版 ${outcome.version})。鍵を替えるには rekey を使ってください。\nThis is a town card already (keys of version ${outcome.version}). To change its keys, use rekey.`,
      );
    case 'not-issued':
      return notDone('まだ町のカードではありません。先に issue を終わらせてください。\nThis is not a complete town card. Run issue to its end first.');
    case 'retired':
      return notDone('このカードは廃止されています。もう一度発行することはできません。\nThis card is retired and cannot be issued again.');
    default:
      return tellTrouble(outcome);
  }
}

export function tellRetire(outcome: RetireOutcome): Told {
  switch (outcome.kind) {
    case 'retired': {
      const left = outcome.balances.filter((balance) => balance > 0);
      const given = left.length === 0 ? '' : `\n消えた残高 (value that disappeared from it): ${left.join(', ')}`;
      return done(`カードを廃止しました。\nThe card is retired.${given}`);
    }
    case 'holds-value':
      return notDone(
        `カードに残高があります (value is on the card): ${outcome.balances.filter((balance) => balance > 0).join(', ')}\n` +
          '帳簿に移してから、--give-up-value をつけて実行してください。\nBook it first, then run again with --give-up-value.',
      );
    case 'not-issued':
      return notDone('町のカードではありません。廃止するものがありません。\nThis is no town card; there is nothing to retire.');
    default:
      return tellTrouble(outcome);
  }
}

export function tellInspection(outcome: InspectionOutcome): Told {
  switch (outcome.kind) {
    case 'inspected':
      return done(describeInspection(outcome).join('\n'));
    case 'suspect':
      return notDone(`このカードは信用できません (${outcome.why})。使わせずに、調べてください。\nThis card is not to be believed (${outcome.why}). Keep it out of use and look into it.`);
    case 'no-key':
      return notDone('鍵の版が途中で変わりました。もう一度どうぞ。\nThe versions of its keys changed meanwhile. Try again.');
    default:
      return tellTrouble(outcome);
  }
}

function describeInspection({ digest, keyVersions, missing, value }: Inspection): string[] {
  const same = new Set(keyVersions).size === 1;
  return [
    `カード (card): ${digest}`,
    `鍵の版 (key versions): ${keyVersions.join(' ')}${same ? '' : ' — そろっていません。issue か rekey をもう一度どうぞ (not alike: run issue or rekey again)'}`,
    ...(missing.length === 0 ? [] : [`残りの手順 (steps left): ${missing.join(', ')}`]),
    ...(value === undefined
      ? []
      : [
          `回数 (counter): ${value.counter ?? '-'}`,
          ...(value.pockets.size === 0 ? ['残高 (value): なし (none)'] : [...value.pockets].map(([pocket, amount]) => `残高 (value): ${pocket} ${amount}`)),
          ...value.operations.map(describeOperation),
        ]),
  ];
}

function describeOperation({ counter, operationId, movements }: LoggedOperation): string {
  const moved = movements.map(({ pocket, kind, amount }) => `${kind === 'credit' ? '+' : '-'}${amount} ${pocket}`);
  return `${counter}. ${operationId}  ${moved.join(', ')}`;
}

const OWNER: Readonly<Record<KeyOwner, string>> = { card: 'card', master: 'application master', spend: 'spend', load: 'load', reservedA: 'reserved A', reservedB: 'reserved B' };

function tellTrouble(trouble: IssuingTrouble): Told {
  switch (trouble.kind) {
    case 'card-moved':
      return notDone('途中でカードが離れました。置いて、同じコマンドをもう一度実行してください。\nThe card was lifted. Lay it down and run the same command again.');
    case 'reader-lost':
      return notDone('リーダーとつながらなくなりました。差し直して、同じコマンドをもう一度実行してください。\nThe reader is gone. Plug it in again and run the same command again.');
    case 'not-a-desfire':
      return notDone('DESFire EV2・EV3 のカードではありません。\nThis is no DESFire EV2 or EV3 card.');
    case 'no-keys':
      return notDone(`鍵のファイルに版 ${trouble.version} の鍵がありません (${OWNER[trouble.key]})。\nThe file has no keys of version ${trouble.version}, which the card has (${OWNER[trouble.key]}).`);
    case 'wrong-key':
      return notDone(`鍵が合いません (${OWNER[trouble.key]}、版 ${trouble.version})。ほかの町のカードか、にせものです。\nThe key does not fit (${OWNER[trouble.key]}, version ${trouble.version}): a card of another town, or a forged one.`);
    case 'not-ours':
      return notDone(`カードにほかのものが書かれています (${trouble.what})。触らずに止めました。\nSomething else stands on the card (${trouble.what}). Nothing was changed.`);
    case 'failed': {
      const status = trouble.status === undefined ? '' : `, 91${trouble.status.toString(16).padStart(2, '0').toUpperCase()}`;
      return notDone(`カードが断りました (${trouble.doing}${status})。もう一度実行しても同じなら、このカードは使えません。\nThe card refused (${trouble.doing}${status}). If it does so again, the card cannot be used.`);
    }
  }
}

export function tellNoCard(laid: NoCard): Told {
  const noCard = (text: string): Told => ({ exit: EXIT.noCard, text });
  switch (laid.kind) {
    case 'none':
      return laid.status === 'ready'
        ? noCard('カードが置かれませんでした。\nNo card was laid down.')
        : noCard('カードリーダーがありません。npm run doctor で確かめてください。\nThere is no card reader. See npm run doctor.');
    case 'several':
      return noCard('カードが二枚以上あります。一枚だけ置いてください。\nMore than one card lies there. Lay down one.');
    case 'unreadable':
    case 'no-identifier':
      return noCard('読めないカードです。\nThis card cannot be read.');
    case 'in-use':
      return noCard('ほかのプログラムがカードを使っています。窓口を止めてください。\nAnother program uses the card. Stop the kiosk first.');
    case 'card-moved':
    case 'reader-lost':
      return tellTrouble({ kind: laid.kind });
  }
}

export function tellKeyFile(outcome: KeyFileOutcome, file: string): Told {
  const refused = (text: string): Told => ({ exit: EXIT.keys, text });
  switch (outcome.kind) {
    case 'written':
      return done(
        `${file} に版 ${outcome.version} の鍵を書きました。安全な場所に写しを二つ置いてください。なくすと、カードの鍵を替えられません。\n` +
          `Keys of version ${outcome.version} are in ${file}. Keep two copies in safe places: without it the cards can never be changed.`,
      );
    case 'exists':
      return refused(`${file} はもうあります。上書きしません。\n${file} is there already and is never overwritten.`);
    case 'in-the-project':
      return refused(`${file} はプログラムの中にあります。公開されないよう、ほかの場所にしてください。\n${file} lies in the project and might be published with it. Choose another place.`);
    case 'full':
      return refused('鍵の版は 255 までです。\nThere are no versions after 255.');
    case 'not-written':
      return refused(`${file} に書けません (${outcome.code})。\n${file} cannot be written (${outcome.code}).`);
  }
}
