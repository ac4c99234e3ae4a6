/** What can become of a card between a reader and a hand: torn, swapped, copied, put back in time. */
import type { Chance } from '../../../backend/seed/constant-chance.ts';
import type { FaultKind } from '../fault-kinds.ts';
import { RESIDENTS, type Resident } from '../residents.ts';
import type { SimulatedDevice } from '../simulated-device.ts';
import type { CommandFault } from '../simulated-reader.ts';
import { STRANGERS } from '../town-cards.ts';
import type { World } from '../world.ts';
import { deed, type Deed, type Strike } from './deed.ts';

/** Commands of a tap and a load on the card with most of them, and some more. */
const COMMANDS_MAX = 24;
/** Which command is struck: one of the first, or the one on which everything depends. */
const anyCommand = (chance: Chance): number | 'commit' => {
  const after = chance.below(COMMANDS_MAX);
  return after < 18 ? after : 'commit';
};
/** Cards of which a copy can be made, or whose memory can be put back. */
const WRITABLE = RESIDENTS.slice(0, 4);

const torn =
  (kind: FaultKind, how: CommandFault): Strike =>
  (world, device, chance) => {
    if (!device.up) return false;
    device.run.reader.armed = {
      after: anyCommand(chance),
      how,
      struck: () => {
        world.strikes.add(kind);
        if (how !== 'answer-garbled') device.card = undefined;
        world.trace.note(device.name, kind);
      },
    };
    return false;
  };

const layable = (world: World): Resident[] => world.atHome().filter((resident) => resident !== 6);

function swapped(world: World, device: SimulatedDevice, chance: Chance): boolean {
  const others = layable(world);
  if (!device.up || others.length === 0) return false;
  const other = chance.pick(others);
  device.run.reader.armed = {
    after: anyCommand(chance),
    how: 'swapped',
    other: world.cardOf(other),
    struck: () => {
      world.strikes.add('card-swapped');
      // The other card may have been put elsewhere since; a hand takes it from there.
      for (const elsewhere of world.devices) if (elsewhere !== device && elsewhere.card === other) elsewhere.take();
      device.card = other;
      world.trace.note(device.name, 'card-swapped', String(other));
    },
  };
  return false;
}

export const CARD_FAULTS: readonly Deed[] = [
  deed('card-command-lost', 25, torn('card-command-lost', 'command-lost')),
  deed('card-answer-lost', 30, torn('card-answer-lost', 'answer-lost')),
  deed('card-answer-garbled', 15, torn('card-answer-garbled', 'answer-garbled')),
  deed('card-swapped', 15, swapped),
  deed('card-taken', 50, (_, device) => {
    if (device.card === undefined) return false;
    device.take();
    return true;
  }),
  deed('card-foreign', 12, (world, device, chance) => {
    if (device.card !== undefined) return false;
    const stranger = chance.pick(STRANGERS);
    if (world.devices.some(({ card }) => card === stranger)) return false;
    device.put(stranger);
    return true;
  }),
  deed('card-second', 10, (_, device, chance) => {
    if (chance.percent(50)) device.takeOther();
    else device.putAnother();
    return device.up;
  }),
  deed('code-foreign', 8, (_, device, chance) => {
    device.showUnusable(chance.pick(['foreign', 'damaged']));
    return device.up;
  }),
  deed('card-cloned', 8, (world, device, chance) => {
    const resident = chance.pick([1, 2, 3, 4, 5] as const);
    const clone = world.cards.cloneOf(resident);
    if (!clone || !device.up) return false;
    if (device.card !== undefined) device.take();
    world.forged.add(resident);
    device.putInstead(clone, resident);
    return true;
  }),
  deed('card-rolled-back', 20, (world, _, chance) => {
    if (chance.percent(30)) {
      world.copyMemories();
      return false;
    }
    const changed = WRITABLE.filter((resident) => JSON.stringify(world.oldMemories.get(resident)) !== JSON.stringify(world.cards.memory(resident)));
    if (changed.length === 0) return false;
    const resident = chance.pick(changed);
    const before = world.oldMemories.get(resident);
    if (before === undefined) return false;
    world.forged.add(resident);
    world.cards.rollBack(resident, before);
    world.trace.note('forger', 'puts an earlier memory back', String(resident));
    return true;
  }),
];
