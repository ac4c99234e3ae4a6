/**
 * A My Number card, as complete as it is publicly known: applications, files, access rules, PIN counters, signatures of a test hierarchy.
 * It gives out whatever its own rules allow, also the (dummy) number; but it raises an alarm at whatever touches the number in any of its
 * forms, at the reading of the serial numbers, and at a password for signing: none of that may ever come from a kiosk.
 *
 * Behaviour: measured by others on test cards of JPKI. What a real card does with commands outside of that is not known; here it does as
 * much as possible of what it is asked, so that nothing which should have been stopped passes unseen.
 */
import { constants, privateEncrypt, randomBytes } from 'node:crypto';
import { applicationsOf, ISSUER_SECURITY_DOMAIN, type Access, type Application, type ElementaryFile } from './my-number/applications.ts';
import type { CardIdentity } from './my-number/card-identity.ts';
import { BY_DATA_OBJECT, INS, aimOf, commandOf, isHidden, type Command } from './my-number/command.ts';
import { KAKUU_HANAKO, type Holder } from './my-number/holder.ts';
import { USUAL, type MyNumberOddities } from './my-number/oddities.ts';
import { Secrets, type SecretName, type SecretsState } from './my-number/secrets.ts';
import { taggedValue } from './my-number/tagged-value.ts';
import { FUNCTION_NOT_SUPPORTED, asksIdentifier, concatenated, hexOf, sameBytes } from './virtual-card-answers.ts';
import type { VirtualCard } from './virtual-card.ts';

/** Type B contactless, as one reader makes it up; its bytes carry no identity. */
const ATR = Uint8Array.from(Buffer.from('3B888001004B51FF0081D100BC', 'hex'));

const SW = {
  ok: 0x9000,
  triesLeft: 0x63c0,
  wrongLength: 0x6700,
  channelNotSupported: 0x6881,
  secureMessagingNotSupported: 0x6882,
  chainingNotSupported: 0x6884,
  wrongFileType: 0x6981,
  locked: 0x6982,
  notSatisfied: 0x6985,
  noFileSelected: 0x6986,
  wrongData: 0x6a80,
  notFound: 0x6a82,
  recordNotFound: 0x6a83,
  wrongParameters: 0x6a86,
  referenceNotFound: 0x6a88,
  offsetPastEnd: 0x6b00,
  instructionNotSupported: 0x6d00,
  classNotSupported: 0x6e00,
  noPreciseDiagnosis: 0x6f00,
} as const;

export interface MyNumberCardOptions {
  readonly atr?: Uint8Array | undefined;
  /** Default: none was issued yet; then there are no certificates on the card. */
  readonly identity?: CardIdentity | undefined;
  readonly holder?: Holder;
  readonly oddities?: Partial<MyNumberOddities>;
  /** What an earlier card object remembered. */
  readonly state?: SecretsState;
}

type Reply = { readonly data?: Uint8Array; readonly status: number };

export class MyNumberCard implements VirtualCard {
  readonly name: string;
  readonly atr: Uint8Array;
  /** Each file whose contents were given out, once for each time: "JPKI 000A". */
  readonly given: string[] = [];
  readonly #alarms: string[] = [];
  readonly #applications: readonly Application[];
  readonly #oddities: MyNumberOddities;
  readonly #secrets: Secrets;
  #application = ISSUER_SECURITY_DOMAIN;
  #file: ElementaryFile | undefined;
  readonly #verified = new Set<SecretName>();
  #fresh = true;
  #identifier = randomBytes(4);

  constructor(name: string, options: MyNumberCardOptions = {}) {
    const holder = options.holder ?? KAKUU_HANAKO;
    this.name = name;
    this.atr = options.atr ?? ATR;
    this.#oddities = { ...USUAL, ...options.oddities };
    const { tokenInformationBytes, tokenLabel, printedNumberTries } = this.#oddities;
    this.#applications = applicationsOf({ holder, identity: options.identity, tokenInformationBytes, tokenLabel });
    this.#secrets = new Secrets(holder, printedNumberTries, options.state);
  }

  get alarms(): readonly string[] {
    return this.#alarms;
  }

  /** What the chip keeps without power: values and remaining tries. Plain JSON, to be given to the next card object. */
  get state(): SecretsState {
    return this.#secrets.state;
  }

  powerOn(): void {
    this.powerOff();
  }

  powerOff(): void {
    this.#application = ISSUER_SECURITY_DOMAIN;
    this.#file = undefined;
    this.#verified.clear();
    this.#fresh = true;
    // Type B: another one each time it is found.
    this.#identifier = randomBytes(4);
  }

  reset(): void {
    if (this.#oddities.reset === 'forgets') this.powerOff();
  }

  respond(bytes: Uint8Array): Uint8Array {
    // The reader answers class FF; the card never sees it.
    if (asksIdentifier(bytes)) return answer({ data: this.#identifier, status: SW.ok });
    if (bytes[0] === 0xff) return FUNCTION_NOT_SUPPORTED;
    const command = commandOf(bytes);
    if (!command) return answer({ status: SW.wrongLength });
    const aim = aimOf(command, this.#application, this.#file);
    const application = this.#application;
    const reply = this.#execute(command);
    this.#watch(command, application, aim, reply);
    return answer(reply);
  }

  #watch(command: Command, application: Application, aim: ElementaryFile | undefined, { data, status }: Reply): void {
    const header = hexOf(Uint8Array.of(command.cla, command.ins, command.p1, command.p2));
    const alarm = (text: string) => this.#alarms.push(`${text} (${application.title}, ${header}, ${status.toString(16).toUpperCase()})`);
    if (isHidden(command)) alarm('a command under secure messaging, whose aim nobody sees');
    if (BY_DATA_OBJECT.has(command.ins) && application.files.some((file) => file.forbidden)) alarm('a data object of an application with the number was asked for');
    if (aim?.forbidden) alarm(`${aim.forbidden} WAS ${data ? 'READ' : command.ins === INS.select && status === SW.ok ? 'SELECTED' : 'TOUCHED'}`);
    if (aim?.kind === 'records' && aim.forbiddenRead && command.ins !== INS.select) alarm(`${aim.forbiddenRead} was ${data ? 'read' : 'asked for'}`);
    if (aim?.kind === 'secret' && aim.forbiddenUse && command.data.length > 0 && command.ins !== INS.select) alarm(`${aim.forbiddenUse} was used`);
  }

  #execute(command: Command): Reply {
    const { cla, ins } = command;
    const fresh = this.#fresh;
    this.#fresh = false;
    if (fresh && this.#oddities.firstCommandFails) return { status: SW.noPreciseDiagnosis };
    if (isHidden(command)) return { status: SW.secureMessagingNotSupported };
    if (cla === 0x10 || cla === 0x90) return { status: SW.chainingNotSupported };
    if (cla >= 0x01 && cla <= 0x7f) return { status: SW.channelNotSupported };
    if (cla !== 0x00 && cla !== 0x80) return { status: SW.classNotSupported };
    if (!command.wellFormed) return { status: SW.wrongLength };
    switch (ins) {
      case INS.select:
        return command.p1 === 0x04 ? this.#selectApplication(command) : this.#selectFile(command);
      case INS.readBinary:
      case INS.readBinaryByFile:
        return this.#readBinary(command);
      case INS.readRecord:
        return this.#readRecord(command);
      case INS.verify:
        return this.#verify(command);
      case INS.changeReferenceData:
      case INS.changePin:
        return this.#change(command);
      case INS.performSecurityOperation:
        return this.#sign(command);
      case INS.getChallenge:
        if (command.p1 !== 0 || command.p2 !== 0) return { status: SW.wrongParameters };
        return command.le === undefined || command.le > 256 ? { status: SW.wrongLength } : { data: randomBytes(command.le), status: SW.ok };
      default:
        return { status: SW.instructionNotSupported };
    }
  }

  /** A beginning of the name will do; with P2 02 the next one that begins so. No name at all is the issuer's application. */
  #selectApplication({ p2, data }: Command): Reply {
    const named = data.length === 0 ? [ISSUER_SECURITY_DOMAIN] : this.#applications.filter(({ name }) => sameBytes(name.slice(0, data.length), data));
    const found = (p2 & 0x03) === 0x02 ? named[named.indexOf(this.#application) + 1] : named[0];
    if (!found) return { status: SW.notFound };
    // Selected anew, an application still knows what was verified in it (JICSAP 5.1.3).
    if (found !== this.#application) this.#verified.clear();
    this.#application = found;
    this.#file = undefined;
    return (p2 & 0x0c) === 0 ? { data: taggedValue(0x6f, taggedValue(0x84, found.name)), status: SW.ok } : { status: SW.ok };
  }

  /** By its identifier, with or without a path before it. There is no master file. */
  #selectFile(command: Command): Reply {
    const file = aimOf(command, this.#application, this.#file);
    if (!file) return { status: SW.notFound };
    this.#file = file;
    return { status: SW.ok };
  }

  /** @returns the file of a command that names one or means the current one; a short identifier makes that file the current one */
  #fileOf(command: Command): ElementaryFile | undefined {
    const file = aimOf(command, this.#application, this.#file);
    if (file) this.#file = file;
    return file;
  }

  #readBinary(command: Command): Reply {
    const { ins, p1, p2, le } = command;
    if (ins === INS.readBinary && p1 & 0x80 && p1 & 0x60) return { status: SW.wrongParameters };
    const file = this.#fileOf(command);
    if (!file) return { status: p1 & 0x80 ? SW.notFound : SW.noFileSelected };
    if (file.kind !== 'transparent') return { status: SW.wrongFileType };
    if (le === undefined) return { status: SW.wrongLength };
    if (!this.#allows(file.read)) return { status: SW.locked };
    const byFile = ins === INS.readBinaryByFile;
    // With the odd instruction the offset is a data object: 54, length, offset.
    const offset = byFile ? command.data.slice(2).reduce((sum, byte) => sum * 256 + byte, 0) : p1 & 0x80 ? p2 : (p1 << 8) | p2;
    if (offset >= file.content.length) return { status: SW.offsetPastEnd };
    const data = file.content.slice(offset, offset + Math.min(le, this.#oddities.longestRead));
    const atEnd = data.length < le && offset + data.length === file.content.length;
    this.#give(file);
    return { data: byFile ? taggedValue(0x53, data) : data, status: atEnd ? this.#oddities.shortRead : SW.ok };
  }

  #readRecord(command: Command): Reply {
    const file = this.#fileOf(command);
    if (!file) return { status: command.p2 >> 3 ? SW.notFound : SW.noFileSelected };
    if (file.kind !== 'records') return { status: SW.wrongFileType };
    if (command.le === undefined) return { status: SW.wrongLength };
    if (!this.#allows(file.read)) return { status: SW.locked };
    const record = file.records[command.p1 - 1];
    if (!record) return { status: SW.recordNotFound };
    this.#give(file);
    return { data: record.slice(0, command.le), status: SW.ok };
  }

  #verify(command: Command): Reply {
    const { p1, p2, data, le } = command;
    const secret = this.#secretOf(command);
    if (typeof secret === 'number') return { status: secret };
    if (p1 !== 0x00 || !(p2 & 0x80)) return { status: SW.wrongParameters };
    if (data.length > 16 || le !== undefined) return { status: SW.wrongLength };
    if (data.length === 0) {
      const ok = this.#verified.has(secret) && this.#oddities.queryWhenVerified === 'ok';
      return { status: ok ? SW.ok : SW.triesLeft + this.#secrets.triesLeft(secret) };
    }
    const outcome = this.#secrets.verify(secret, Buffer.from(data).toString('latin1'));
    if (outcome === 'right') this.#verified.add(secret);
    else this.#verified.delete(secret);
    switch (outcome) {
      case 'right':
        return { status: SW.ok };
      case 'wrong':
        return { status: SW.triesLeft + this.#secrets.triesLeft(secret) };
      case 'blocked':
        return { status: this.#oddities.blocked };
    }
  }

  /** A new value for a secret that is verified; the old one is not asked for again. */
  #change(command: Command): Reply {
    const { cla, ins, p1, data } = command;
    const secret = this.#secretOf(command);
    if (typeof secret === 'number') return { status: secret };
    const ofRegister = secret === 'register-pin' || secret === 'common-pin';
    if (ofRegister !== (ins === INS.changePin) || cla !== (ofRegister ? 0x80 : 0x00)) return { status: SW.instructionNotSupported };
    if (p1 !== (ofRegister ? 0x00 : 0x01)) return { status: SW.wrongParameters };
    if (!this.#verified.has(secret)) return { status: SW.locked };
    return { status: this.#secrets.change(secret, Buffer.from(data).toString('latin1')) ? SW.ok : SW.wrongData };
  }

  #secretOf(command: Command): SecretName | number {
    const file = this.#fileOf(command);
    if (!file) return command.p2 === 0x80 ? SW.noFileSelected : SW.referenceNotFound;
    return file.kind === 'secret' ? file.secret : SW.wrongFileType;
  }

  /** COMPUTE SIGNATURE. P1 00: over the data as given, which is a DigestInfo; 02: over a SHA-256 hash, around which the card puts one. */
  #sign(command: Command): Reply {
    const { cla, p1, p2, data, le } = command;
    if (cla !== 0x80) return { status: SW.classNotSupported };
    if (p1 !== 0x00 && p1 !== 0x02) return { status: SW.wrongParameters };
    const file = p2 === 0x00 ? this.#application.files.find(({ id }) => id === this.#application.defaultKey) : this.#fileOf(command);
    if (!file) return { status: p2 === 0x80 ? SW.noFileSelected : SW.referenceNotFound };
    if (file.kind !== 'key') return { status: SW.notSatisfied };
    if (!this.#allows(file.use)) return { status: SW.locked };
    if (!file.key) return { status: SW.referenceNotFound };
    if (le === undefined || data.length === 0 || data.length > LONGEST_SIGNED || (p1 === 0x02 && data.length !== 32)) return { status: SW.wrongLength };
    const padding = constants.RSA_PKCS1_PADDING;
    return { data: privateEncrypt({ key: file.key, padding }, p1 === 0x02 ? concatenated(SHA256_PREFIX, data) : data), status: SW.ok };
  }

  #allows(access: Access): boolean {
    return access === 'anybody' || access.some((secret) => this.#verified.has(secret));
  }

  #give(file: ElementaryFile): void {
    this.given.push(`${this.#application.title} ${file.id.toString(16).padStart(4, '0').toUpperCase()}`);
  }
}

/** What PKCS #1 v1.5 leaves of 256 bytes. */
const LONGEST_SIGNED = 245;
/** DigestInfo of SHA-256 up to the hash (RFC 8017, 9.2). */
const SHA256_PREFIX = Uint8Array.from(Buffer.from('3031300D060960864801650304020105000420', 'hex'));

function answer({ data = new Uint8Array(), status }: Reply): Uint8Array {
  return concatenated(data, Uint8Array.of(status >> 8, status & 0xff));
}
