import { describe, expect, it } from 'vitest';
import type { OnPaper } from '../../contract/kiosk.ts';
import { FIXTURES, fixtureNamed } from '../gallery/fixtures.ts';
import { sayIn } from '../strings/catalogue.ts';
import { FORMS, type Form } from '../strings/wording.ts';
import { everySound } from './clip-list.ts';
import { counted, read } from './numbers-ja.ts';
import type { SpokenPart } from './parts.ts';
import { spokenPockets } from './spoken-facts.ts';
import { spokenOf } from './spoken.ts';
import { utterancesOf } from './utterances.ts';

function partsOf(name: string): SpokenPart[] {
  const { screen, ...around } = fixtureNamed(name);
  return spokenOf(screen, around);
}
const heard = (name: string, form: Form = 'ja') =>
  utterancesOf(partsOf(name), form)
    .flatMap((utterance) => [utterance.lead?.spoken ?? [], utterance.spoken].flat())
    .join('|');
/** Null where they need not all be said. */
function amountsOnPaper(paper: OnPaper): number[] | null {
  if (paper.slip === 'balance') return paper.pockets.map(({ amount }) => amount);
  if (paper.slip === 'load') return [paper.paid + paper.premium + paper.free, ...[paper.paid, paper.premium].filter((part) => part > 0), paper.balance];
  return paper.slip === 'points' ? null : [];
}
const keysOf = (parts: readonly SpokenPart[]) => parts.flatMap((part) => (part.kind === 'message' ? [part.key] : []));

describe('every screen', () => {
  it.each(FORMS)('is said in %s, and nothing in it is empty or out of a program', (form) => {
    for (const { name } of FIXTURES) {
      const utterances = utterancesOf(partsOf(name), form);
      expect(utterances.length, name).toBeGreaterThan(0);
      for (const { spoken } of utterances) {
        expect(spoken.trim(), name).not.toBe('');
        expect(spoken, name).not.toMatch(/undefined|NaN|\[object|[《》｜\uE000\uE001\n]/);
      }
    }
  });

  it('is put together from recordings that are on the list, but for names, notices and questions of the town', () => {
    for (const form of FORMS) {
      const list = new Map(everySound(form).map(({ id, text }) => [id, text]));
      for (const { name } of FIXTURES) {
        const parts = partsOf(name);
        utterancesOf(parts, form).forEach(({ sounds }, index) => {
          expect(sounds === null, `${name} ${form} ${JSON.stringify(parts[index])}`).toBe(['text', 'words'].includes(parts[index]?.kind ?? ''));
          for (const { id, text } of sounds ?? []) expect(list.get(id), `${name} ${form} ${id}`).toBe(text);
        });
      }
    }
  });

  it('says its own sentence before any choice, and the bottom bar last', () => {
    for (const { name, snapshot } of FIXTURES) {
      const keys = keysOf(partsOf(name));
      const firstButton = keys.findIndex((key) => key.startsWith('button.'));
      expect(partsOf(name)[0]?.kind === 'words' || !/^(button|voice)\./.test(keys[0] ?? ''), name).toBe(true);
      if (firstButton < 0) continue;
      expect(keys.slice(firstButton).filter((key) => !/^(button\.|voice\.bar$|staff\.called$)/.test(key)), name).toEqual([]);
      expect(keys.at(snapshot.staffCall ? -2 : -1), name).toBe('button.staff');
    }
  });

  it('says each amount, each last day and each offer on it', () => {
    for (const { name, snapshot } of FIXTURES) {
      const { screen } = snapshot;
      const amounts: number[] | null =
        screen.name === 'balance'
          ? [...[...screen.pockets, ...screen.offers].map(({ amount }) => amount), ...screen.sales.flatMap(({ price, paid, premium }) => [price, paid + premium])]
          : screen.name === 'confirm-load'
            ? [screen.offer.amount, screen.before, screen.after]
            : screen.name === 'loaded'
              ? [screen.offer.amount, screen.balance]
              : screen.name === 'printed'
                ? amountsOnPaper(screen.paper)
                : screen.name === 'history'
                ? screen.movements.map(({ change }) => Math.abs(change))
                : screen.name === 'offers'
                  ? [...screen.offers.map(({ amount }) => amount), ...screen.sales.flatMap(({ price, paid, premium }) => [price, paid + premium])]
                  : /^(points|paper-|exchange-|give-|moved|undecided|decided|receive|buy-[hcpw]|bought)/.test(screen.name)
                    ? null
                    : [];
      const parts = partsOf(name);
      const heardAmounts = parts.flatMap((part) => (part.kind === 'amount' ? [part.amount] : []));
      if (amounts) expect(heardAmounts.sort(), name).toEqual(amounts.sort());
      else expect(heardAmounts.length > 0 || screen.name === 'undecided', name).toBe(true);
      for (const { spoken, sounds } of utterancesOf(parts.filter(({ kind }) => kind === 'amount'), 'en')) {
        expect(spoken, name).toMatch(/^[\d,]+ (yen|points?|tickets?)$/);
        expect(sounds?.length, name).toBeGreaterThan(1);
      }
      if (screen.name === 'balance') {
        expect(parts.filter(({ kind }) => kind === 'until').length, name).toBe(screen.pockets.length + screen.offers.length);
        for (const { name: scheme } of [...screen.pockets, ...screen.offers]) expect(heard(name), name).toContain(scheme);
      }
    }
  });

  it('says of a trouble its number, that staff can be called, and that the money is safe', () => {
    for (const { name, snapshot } of FIXTURES) {
      const { screen } = snapshot;
      if (screen.name !== 'out-of-service' && screen.name !== 'print-trouble') continue;
      const parts = partsOf(name);
      expect(parts, name).toContainEqual({ kind: 'number', number: screen.number });
      expect(heard(name, 'en'), name).toContain(String(screen.number));
      expect(keysOf(parts), name).toContainEqual(expect.stringMatching(/^(staff\.please-call|print-trouble\.no-proof-else)$/));
      if (screen.name === 'print-trouble' || screen.interrupted) expect(keysOf(parts)[0], name).toBe('safe.money');
    }
    // What was given away is on no card.
    expect(keysOf(partsOf('print-trouble-points'))).toEqual(expect.arrayContaining(['points.is-done']));
    expect(keysOf(partsOf('print-trouble-points'))).not.toContain('safe.on-card');
  });

  it('names only buttons that are drawn on such a screen', () => {
    const offered = (name: string) => keysOf(partsOf(name)).filter((key) => key.startsWith('button.'));
    expect(offered('balance-two-offers')).toEqual(['button.receive', 'button.print', 'button.more', 'button.finish', 'button.staff']);
    expect(offered('balance-paper-out')).toEqual(['button.receive', 'button.more', 'button.finish', 'button.staff']);
    expect(keysOf(partsOf('balance-paper-out'))).toContain('paper.paper-out');
    expect(offered('writing')).toEqual([]);
    expect(offered('confirm-load')).toEqual(['button.decline', 'button.confirm', 'button.back', 'button.stop', 'button.staff']);
  });

  it('never says digits one by one: no part of any screen is made of typed digits', () => {
    for (const { name } of FIXTURES) for (const part of partsOf(name)) expect(['message', 'text', 'words', 'amount', 'number', 'until', 'days-left'], name).toContain(part.kind);
    for (const form of FORMS) expect(everySound(form).filter(({ id }) => /pin|digit|key\./.test(id))).toEqual([]);
  });
});

describe('in Japanese', () => {
  it('reads amounts, days and counts as people do', () => {
    expect(heard('balance-one-offer')).toContain('プレミアム商品券|はっせんごひゃくえん|じゅうにがつさんじゅういちにちまで|あとよんじゅうにち');
    expect(heard('balance-one-offer')).toContain('物価高騰くらし応援券|ごせんえん|');
    expect(heard('balance-two-offers')).toContain('ふたつとどいています');
    expect(heard('balance-six')).toContain('さんまんえん|じゅういちがつにじゅういちにちまで|きょうまで');
    expect(heard('balance-offline')).toMatch(/じゅういちがつはつか　?ごごさんじじゅうにふんのざんだかです/);
    expect(heard('confirm-load')).toContain('らいねんにがつにじゅうはちにちまで');
    expect(heard('print-trouble-printer-paper-out')).toContain('さんびゃくさん');
    expect(heard('still-there')).toContain('あとにじゅうびょうでおわります');
    expect(heard('balance-staff-called')).toMatch(/さん$/);
  });

  it('gives a voice the readings, not the kanji', () => {
    const [spoken] = utterancesOf([{ kind: 'message', key: 'button.hear' }], 'ja');
    expect(spoken?.spoken).toBe('こえできく');
  });
});

describe('the contents of a slip', () => {
  it('are said when it is printed: whoever cannot read it has heard it', () => {
    expect(heard('printed-balance')).toContain('はっせんごひゃくえん');
    expect(heard('printed-load')).toContain('ごせんえん');
    expect(keysOf(partsOf('printed-bought'))).toEqual(expect.arrayContaining(['voice.on-paper', 'buy.paid-part', 'buy.gift-part', 'loaded.balance']));
    expect(heard('printed-points')).toContain(read(counted(6_300, 'yen')));
    expect(keysOf(partsOf('printed-request'))).toEqual(expect.arrayContaining(['trouble.number', 'review.fee', 'review.bring']));
    expect(heard('printed-incident')).toContain('未');
  });

  it('but not what somebody answered: that is nobody’s to hear', () => {
    const answers = ['トママエ', '昭和', '0164'];
    for (const answer of answers) {
      expect(heard('request-review')).toContain(answer);
      expect(heard('printed-request')).not.toContain(answer);
    }
  });
});

describe('the contents of a card', () => {
  it('can be said by themselves, as on the slip', () => {
    const { screen, now } = fixtureNamed('balance-three');
    if (screen.name !== 'balance') throw new Error('no balance');
    const parts = spokenPockets(screen.pockets, now);
    expect(utterancesOf(parts, 'ja').map(({ spoken }) => spoken).join('')).toContain(read(counted(320, 'point')));
    expect(keysOf(spokenPockets([], now))).toEqual(['balance.none']);
    expect(sayIn('ja')('balance.none')).toContain('いま使えるもの');
  });
});
