/** The town between two kiosks: takes their news, decides what is open by the backend's own rule, and tells both what it knows. */
import type { OpenMovement, Sighting, decideUnknown } from '../../../backend/cards/decide-unknown.ts';
import { DeviceId, type OperationId } from '../../../contract/ids.ts';
import type { Movement } from '../../../contract/value.ts';
import type { Kiosk } from './kiosk.ts';
import type { KioskNews, TownWord } from './kiosk-words.ts';

interface Open extends OpenMovement {
  readonly movement: Movement;
}

export class TownDesk {
  readonly #decide: typeof decideUnknown;
  readonly #open = new Map<OperationId, Open>();
  readonly #decided = new Set<OperationId>();
  readonly #owners = new Map<number, Set<OperationId>>();
  readonly #sightings: Sighting[] = [];
  readonly #words: TownWord[] = [];
  readonly #told = new Map<Kiosk, number>();

  constructor(decide: typeof decideUnknown) {
    this.#decide = decide;
  }

  /** The kiosk pushes its journal and pulls what is new. */
  exchange(kiosk: Kiosk): void {
    for (const news of kiosk.news()) this.#hear(DeviceId.parse(kiosk.name), news);
    this.#decideAll();
    for (const word of this.#words.slice(this.#told.get(kiosk) ?? 0)) kiosk.learn(word);
    this.#told.set(kiosk, this.#words.length);
  }

  #hear(deviceId: DeviceId, news: KioskNews): void {
    const { seq } = news;
    switch (news.type) {
      case 'moved':
        if (news.counter !== null) this.#own(news.counter, news.movement.operationId);
        this.#happened(news.movement);
        return;
      case 'cash':
        this.#happened(news.movement);
        return;
      case 'unknown': {
        const { movement, counterBefore } = news;
        const { operationId } = movement;
        if (this.#decided.has(operationId)) return;
        this.#open.set(operationId, { operationId, movement, counterBefore, seq, deviceId });
        this.#words.push({ type: 'open', operationId });
        return;
      }
      case 'seen':
        for (const { operationId, counter } of news.log) this.#own(counter, operationId);
        this.#sightings.push({ deviceId, seq, counter: news.counter, answers: news.answers });
        return;
    }
  }

  #decideAll(): void {
    for (const open of [...this.#open.values()]) {
      const ownCounter = [...this.#owners].find(([, operations]) => operations.has(open.operationId))?.[0];
      const decision = this.#decide(open, { ownersOf: (counter) => this.#owners.get(counter) ?? new Set(), ownCounter, sightings: this.#sightings });
      switch (decision.kind) {
        case 'open':
          break;
        case 'happened':
          this.#happened(open.movement);
          break;
        case 'void':
          this.#settle(open.operationId);
          this.#words.push({ type: 'void', operationId: open.operationId });
          break;
      }
    }
  }

  #happened(movement: Movement): void {
    if (this.#decided.has(movement.operationId)) return;
    this.#settle(movement.operationId);
    this.#words.push({ type: 'happened', movement });
  }

  #settle(operationId: OperationId): void {
    this.#open.delete(operationId);
    this.#decided.add(operationId);
  }

  #own(counter: number, operationId: OperationId): void {
    this.#owners.set(counter, (this.#owners.get(counter) ?? new Set()).add(operationId));
  }
}
