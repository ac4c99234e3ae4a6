/**
 * The person a virtual My Number card belongs to, and what the card says of her in its four attributes. Must never be anybody: the name,
 * the place and the number are invented, and the number's check digit is wrong, so that no register can have given it.
 */
import { taggedValue } from './tagged-value.ts';

export interface Holder {
  readonly name: string;
  readonly address: string;
  /** YYYYMMDD. */
  readonly birth: string;
  /** As the card writes it: 1 male, 2 female, 9 not applicable. */
  readonly sex: '1' | '2' | '9';
  /** 12 digits; only where nobody's. Serves as 照合番号A as well. */
  readonly number: string;
  /** 照合番号B: birth in the era's years YYMMDD, year of expiry YYYY, security code. 14 digits, the printed ones. */
  readonly printedNumber: string;
}

/** 架空 花子, of a town that is not there. Born in 昭和25; the card expires in 2035; its security code is 1234. */
export const KAKUU_HANAKO: Holder = {
  name: '架空　花子',
  address: '架空県見本市仮町１－２－３',
  birth: '19500103',
  sex: '2',
  number: '987654321098',
  printedNumber: '25010320351234',
};

const utf8 = (text: string) => new TextEncoder().encode(text);
/** What fills an elementary file behind its contents. */
const FILLER = 0xff;

/**
 * EF 0002 of 券面事項入力補助: FF20 { DF21 offsets of the four that follow (each 2 bytes, from the file's start), DF22 name, DF23 address,
 * DF24 birth, DF25 sex }, then filler. The card writes lengths in the shortest form.
 */
export function attributesFile(holder: Holder): Uint8Array {
  const fields = [
    taggedValue(0xdf22, utf8(holder.name)),
    taggedValue(0xdf23, utf8(holder.address)),
    taggedValue(0xdf24, utf8(holder.birth)),
    taggedValue(0xdf25, utf8(holder.sex)),
  ];
  const OFFSETS_LENGTH = 3 + 8;
  const body = OFFSETS_LENGTH + fields.reduce((sum, field) => sum + field.length, 0);
  const offsets = Buffer.alloc(8);
  let offset = taggedValue(0xff20, new Uint8Array(body)).length - body + OFFSETS_LENGTH;
  for (const [index, field] of fields.entries()) {
    offsets.writeUInt16BE(offset, index * 2);
    offset += field.length;
  }
  return Uint8Array.from([...taggedValue(0xff20, Buffer.concat([taggedValue(0xdf21, offsets), ...fields])), FILLER, FILLER, FILLER, FILLER]);
}

/** EF 0001 of 券面事項入力補助, whose reading is forbidden: FF 10, 12, the digits, two bytes of filler. */
export function numberFile(holder: Holder): Uint8Array {
  return Uint8Array.from([0xff, 0x10, 0x0c, ...utf8(holder.number), FILLER, FILLER]);
}
