import { beforeEach, describe, expect, it } from 'vitest';
import { requestCode } from '../../contract/procedure/request-code.ts';
import { sealedRequestCode } from '../../contract/procedure/sealed-code.ts';
import { deviceKeysOf, newKiosk, newOffice, sealedContent } from '../../contract/test-support/sealed-request.ts';
import { Desk, type DeskView } from './desk.ts';
import { REMARKS, saidOf } from './words.ts';

const OFFICE = newOffice();
const KIOSK = newKiosk();
const KEY = JSON.stringify(OFFICE);
const LIST = JSON.stringify(deviceKeysOf(KIOSK));
const long = (number: string) => sealedContent({ number, lines: Array.from({ length: 30 }, (_, at) => ({ label: `${at}`, value: `${at * at * 7_919}番地${at * 104_729}` })) });
const codesOf = async (number: string) => (await sealedRequestCode(OFFICE.x ?? '', long(number), KIOSK)) ?? [];
const [FIRST = '', SECOND = ''] = await codesOf('役場1-0042');
const [OTHER_FIRST = '', OTHER_SECOND = ''] = await codesOf('役場1-0043');

let desk: Desk;
let seen: DeskView[];
beforeEach(() => {
  desk = new Desk();
  seen = [];
  desk.onChange(() => seen.push(desk.view()));
});
const numberShown = () => {
  const { slip } = desk.view();
  return slip.kind === 'opened' ? slip.content.number : slip.kind;
};

describe('the desk', () => {
  it('never shows what is to be kept back: a key and a list that come together count together', async () => {
    await desk.scanned([FIRST]);
    await desk.scanned([SECOND]);
    await desk.files([KEY, JSON.stringify(deviceKeysOf(newKiosk()))]);
    expect(desk.view().slip.kind).toBe('forged');
    expect(seen.some(({ slip }) => slip.kind === 'opened')).toBe(false);
  });

  it('believes whichever way of listening heard a code', async () => {
    await desk.files([KEY, LIST]);
    await desk.scanned(['かいじょう', FIRST]);
    await desk.scanned([SECOND, 'ABC']);
    expect(numberShown()).toBe('役場1-0042');
  });

  it('keeps scans in their order, however fast they come', async () => {
    await Promise.all([desk.files([KEY, LIST]), desk.scanned([FIRST]), desk.scanned([SECOND]), desk.clear(), desk.scanned([OTHER_SECOND]), desk.scanned([OTHER_FIRST])]);
    expect(numberShown()).toBe('役場1-0043');
  });

  it('does not mix two slips: the second waits for 次の票, unless the first is done', async () => {
    await desk.files([KEY]);
    await desk.scanned([FIRST]);
    await desk.scanned([OTHER_SECOND]);
    expect(desk.view()).toMatchObject({ slip: { kind: 'parts', have: [1] }, remark: 'other-slip' });
    await desk.scanned([SECOND]);
    await desk.scanned([OTHER_SECOND]);
    expect(desk.view()).toMatchObject({ slip: { kind: 'parts', have: [2] }, remark: null });
  });

  it('takes no notice of a number beside a slip that lies there, and says so', async () => {
    const number = requestCode(long('x').requestId, KIOSK);
    await desk.scanned([number]);
    expect(desk.view().slip.kind).toBe('number-only');
    await desk.scanned([FIRST]);
    await desk.scanned([number.toLowerCase().replaceAll('.', '。')]);
    expect(desk.view()).toMatchObject({ slip: { kind: 'parts', have: [1] }, remark: 'number-code' });
  });

  it('forgets the key and the slip, and keeps the list, which is no secret', async () => {
    await desk.files([LIST, KEY, 'not a key']);
    expect(desk.view()).toMatchObject({ hasKey: true, kiosks: 1, remark: 'not-a-key' });
    await desk.scanned([FIRST]);
    await desk.putKeyAway();
    expect(desk.view()).toEqual({ hasKey: false, kiosks: 1, slip: { kind: 'none' }, remark: null });
    await desk.scanned([SECOND]);
    await desk.scanned([FIRST]);
    expect(desk.view().slip).toEqual({ kind: 'parts', have: [2, 1], of: 2 });
  });
});

it('what the page says is calm, and blames nobody', () => {
  const slips: ReadonlyArray<DeskView['slip']> = [
    { kind: 'none' }, { kind: 'number-only' }, { kind: 'parts', have: [1], of: 3 }, { kind: 'parts', have: [1], of: 1 }, { kind: 'other-key' }, { kind: 'forged' }, { kind: 'damaged' },
    ...(['known', 'revoked'] as const).map((kind) => ({ kind: 'opened', content: long('x'), maker: { kind, label: '役場1' } }) as const),
    { kind: 'opened', content: long('x'), maker: { kind: 'unknown' } },
  ];
  const said = slips.flatMap((slip) => [true, false].map((hasKey) => saidOf({ slip, hasKey, kiosks: null, remark: null }))).flatMap(({ title, lead }) => [title, lead]);
  for (const text of [...said, ...Object.values(REMARKS)]) {
    expect(text).not.toMatch(/認証|ログイン|エラー|失敗|間違|不正|異常|無効|[!！]|undefined|、。|。。/);
    expect(text.length).toBeGreaterThan(5);
  }
});
