/** The network's weather, and somebody who listens. What rough weather does to a single request is in `simulated-network.ts`. */
import { deed, type Deed, type Strike } from './deed.ts';

const weather = (what: 'rough' | 'slow' | 'cut'): Strike => (world, device) => {
  world.setWeather(device, what);
  // Counts when a request meets it.
  return false;
};

export const NETWORK_FAULTS: readonly Deed[] = [
  deed('slow-link', 12, weather('slow')),
  deed('partition-one', 12, (world, device) => world.setWeather(device, 'cut')),
  deed('partition-all', 4, (world) => {
    for (const device of world.devices) world.setWeather(device, 'cut');
    return true;
  }),
  deed('recorded-replay', 12, (world, device) => world.networkOf(device).replayRecorded()),
];
