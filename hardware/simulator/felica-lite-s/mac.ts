/**
 * The chip's own arithmetic of FeliCa Lite-S, written apart from the production code so that each checks the other. Only Triple DES
 * itself is shared. Works on the blocks' bytes as they stand in the chip.
 */
import { tripleDesCbcEncrypt } from '../../card/crypto.ts';

function turned(bytes: Uint8Array): Uint8Array {
  const result = Uint8Array.from(bytes);
  for (let at = 0; at < result.length; at += 8) result.subarray(at, at + 8).reverse();
  return result;
}

/** One 8-byte link of the chain: encrypts (input ⊕ before), everything in the blocks' order. */
function link(key: Uint8Array, before: Uint8Array, input: Uint8Array): Uint8Array {
  const mixed = turned(input).map((byte, index) => byte ^ turned(before)[index]!);
  return turned(tripleDesCbcEncrypt(key, new Uint8Array(8), mixed));
}

function chain(key: Uint8Array, start: Uint8Array, groups: readonly Uint8Array[]): Uint8Array {
  return groups.reduce((before, group) => link(key, before, group), start);
}

function groupsOf(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length / 8 }, (_, index) => bytes.slice(index * 8, index * 8 + 8));
}

/** SK1 and SK2 in the cipher's order, from the CK block and the RC block. */
function sessionHalves(ck: Uint8Array, rc: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const [rc1, rc2] = groupsOf(rc) as [Uint8Array, Uint8Array];
  const first = link(turned(ck), new Uint8Array(8), rc1);
  return [turned(first), turned(link(turned(ck), first, rc2))];
}

/** What block 81 shows: over the data alone. */
export function chipMac(ck: Uint8Array, rc: Uint8Array, data: Uint8Array): Uint8Array {
  const [one, two] = sessionHalves(ck, rc);
  return chain(Uint8Array.of(...one, ...two), rc.slice(0, 8), groupsOf(data));
}

/** What block 91 shows when it is read after `numbers`. */
export function chipReadMac(ck: Uint8Array, rc: Uint8Array, numbers: readonly number[], data: Uint8Array): Uint8Array {
  const head = Uint8Array.from({ length: 8 }, (_, index) => {
    const number = [...numbers, 0x91][index >> 1];
    if (number === undefined) return 0xff;
    return index % 2 === 0 ? number : 0;
  });
  const [one, two] = sessionHalves(ck, rc);
  return chain(Uint8Array.of(...one, ...two), rc.slice(0, 8), [head, ...groupsOf(data)]);
}

/** What block 91 must bring when `data` is to be written to block `number`. */
export function chipWriteMac(ck: Uint8Array, rc: Uint8Array, wcnt: Uint8Array, number: number, data: Uint8Array): Uint8Array {
  const head = Uint8Array.of(wcnt[0]!, wcnt[1]!, wcnt[2]!, 0, number, 0, 0x91, 0);
  const [one, two] = sessionHalves(ck, rc);
  return chain(Uint8Array.of(...two, ...one), rc.slice(0, 8), [head, ...groupsOf(data)]);
}
