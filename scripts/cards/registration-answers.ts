/** What `npm run cards` tells of the town's books, of FeliCa and of paper cards: in Japanese and English. Pure; never shows a key, a UID or a code. */
import type { KeyVersionRecord, Registration } from '../../backend/cards/register-card.ts';
import type { IssueOutcome } from '../../hardware/card/felica-lite-s/issue-felica-lite-s.ts';
import type { RecognisedCard } from '../../hardware/card/recognise-card.ts';
import { EXIT, done, notDone, tellNoCard, type Told } from './card-answers.ts';

/** First what was done with the card, then with the books; how it ended, the last one says. */
export function bothTold(first: Told, second: Told): Told {
  return { exit: second.exit, text: `${first.text}\n${second.text}` };
}

export function tellRegistration(outcome: Registration, accountId: string): Told {
  switch (outcome.kind) {
    case 'registered':
      return done(`口座 ${accountId} のカードとして、町の台帳に登録しました。窓口にはつぎの同期で伝わります。\nThe card is registered to account ${accountId}; kiosks learn it with their next synchronisation.`);
    case 'updated':
      return done(`口座 ${accountId} のカードです。鍵の新しい版を町の台帳に書きました。\nIt is a card of account ${accountId}; the new version of its keys is in the town's books.`);
    case 'unchanged':
      return done(`口座 ${accountId} のカードとして、もう登録されています。\nThe card is registered to account ${accountId} already.`);
    case 'account-unknown':
      return notDone(`町の台帳に口座 ${accountId} がないか、閉じています。カードは登録していません。\nThe town has no account ${accountId}, or it is closed. The card was not registered.`);
    case 'other-account':
      return notDone('このカードは、ほかの口座に登録されています。変えていません。\nThe card is registered to another account. Nothing was changed in the books.');
    case 'other-profile':
      return notDone(`町の台帳では、このカードはほかの種類 (${outcome.profile}) です。変えていません。\nThe town knows this card as one of another kind (${outcome.profile}). Nothing was changed in the books.`);
    case 'stopped':
      return notDone('このカードは止められています。使えるようにはしていません。\nThe card was stopped and stays stopped.');
  }
}

export function tellKeyVersionRecord(outcome: KeyVersionRecord): Told {
  switch (outcome.kind) {
    case 'updated':
      return done("町の台帳に、鍵の新しい版を書きました。\nThe new version of its keys is in the town's books.");
    case 'unchanged':
      return done('町の台帳は、もうこの版です。\nThe town has this version in its books already.');
    case 'card-unknown':
      return done('町の台帳にはまだないカードです。口座に登録するには issue --account を実行してください。\nThe town does not know this card yet. To register it, run issue --account.');
    case 'other-profile':
    case 'stopped':
      return tellRegistration(outcome, '');
  }
}

/** The card is fine and lies there; only the books could not be written. */
export function tellNotInBooks(why: string): Told {
  return {
    exit: EXIT.books,
    text:
      `カードはできていますが、町の台帳に書けませんでした: ${why}\n原因をなくしてから、同じカードで同じコマンドをもう一度実行してください。\n` +
      "The card itself is done, but the town's books could not be written. Put that right, then run the same command with the same card again.",
  };
}

export function tellBooksUnusable(why: string): Told {
  return { exit: EXIT.books, text: `町の台帳が使えません。カードには何もしていません (the town's books cannot be used; nothing was done to any card): ${why}` };
}

export const ONLY_PREPARED: Told = done(
  '口座にはまだ登録していません。登録するには issue --account を同じカードで実行してください。\nNo account was named: the card is only prepared. To register it, run issue --account with the same card.',
);

export const NOT_WRITTEN_ON: Told = notDone('カードには何も書いていません。\nNothing was written on the card.');

export const ANYBODY_CAN_COPY =
  'ご注意: このカードは自分が本物だと示せません。だれでも写しを作れます。残高を減らすときは、職員が立ち会います。\n' +
  'Note: this card proves nothing, and anybody can make a copy of it. Value leaves the account through it only with staff.';

export function tellFelicaIssue(outcome: IssueOutcome, version: number): Told {
  switch (outcome.kind) {
    case 'issued':
      return done(`町の FeliCa カードになっています (鍵の版 ${version})。\nThe FeliCa card is a town card (keys of version ${version}).`);
    case 'not-blank':
      return notDone('ほかの鍵で閉じられた FeliCa カードです。触らずに止めました。\nThis FeliCa card was locked with another key. Nothing was changed.');
    case 'refused':
      return notDone('FeliCa Lite-S ではないか、書けないカードです。閉じていません。\nThis is no FeliCa Lite-S card, or it does not take what is written. It was not locked.');
    case 'no-key':
      return notDone('この FeliCa カードの鍵がありません。\nThere is no key for this FeliCa card.');
    case 'card-moved':
    case 'reader-lost':
      return tellNoCard(outcome);
  }
}

export const FELICA_STYLE_UNKNOWN: Told = notDone(
  'このリーダーでの FeliCa の話し方が分かりません。--felica-style で教えてください。何も送っていません。\n' +
    'How to speak FeliCa through this reader is not known. Say it with --felica-style; nothing was tried.',
);

/** A card that cannot be linked as one that proves nothing. */
export function tellNotLinkable(recognised: Exclude<RecognisedCard, { kind: 'stored-value' }> | { readonly kind: 'town-card' }): Told {
  switch (recognised.kind) {
    case 'town-card':
      return notDone('町の DESFire カードです。issue --account で登録してください。\nThis is a DESFire card of the town. Register it with issue --account.');
    case 'payment':
      return notDone('銀行のカードは登録できません。中身には触れていません。\nA bank card cannot be registered. Nothing was read of it.');
    case 'my-number':
      return notDone('マイナンバーカードは登録できません。中身には触れていません。\nA My Number card cannot be registered. Nothing was read of it.');
    case 'unrecognised':
      return notDone('いつも同じ番号を持つカードではないので、登録できません。\nThis card has no number that lasts, and cannot be registered.');
    case 'card-moved':
    case 'reader-lost':
      return tellNoCard(recognised);
  }
}

export type PaperOutcome =
  | { readonly kind: 'there' }
  /** A file of that name is there, and is no paper card of ours. */
  | { readonly kind: 'exists' }
  | { readonly kind: 'in-the-project' }
  | { readonly kind: 'not-written'; readonly code: string };

export function tellPaper(outcome: PaperOutcome, file: string): Told {
  const refused = (text: string): Told => ({ exit: EXIT.file, text });
  switch (outcome.kind) {
    case 'there':
      return done(
        `紙のカードは ${file} にあります。実際の大きさ (85.6 × 54 mm) で印刷してください。だれでも写せるので、印刷したらファイルを消してください。\n` +
          `The paper card is in ${file}. Print it at its real size (85.6 × 54 mm) and then delete the file: whoever has it has the card.`,
      );
    case 'exists':
      return refused(`${file} はもうあります。上書きしません。\n${file} is there already and is never overwritten.`);
    case 'in-the-project':
      return refused(`${file} はプログラムの中にあります。公開されないよう、ほかの場所にしてください。\n${file} lies in the project and might be published with it. Choose another place.`);
    case 'not-written':
      return refused(`${file} を読み書きできません (${outcome.code})。\n${file} cannot be read or written (${outcome.code}).`);
  }
}
