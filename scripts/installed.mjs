/**
 * Says by its exit code whether node_modules holds exactly what package-lock.json asks for on this machine: 0 yes, 1 no.
 * Used by run.sh, so that a tree that another npm command completed is not installed a second time. npm writes
 * node_modules/.package-lock.json when it has finished; a tree it left half done has none. Never changes anything.
 */
import { existsSync, readFileSync } from 'node:fs';

const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

function fits(wanted, here) {
  if (wanted === undefined) return true;
  const list = [wanted].flat();
  const refused = list.some((word) => word === `!${here}`);
  const named = list.filter((word) => !word.startsWith('!'));
  return !refused && (named.length === 0 || named.includes(here));
}

/** An optional package that names no platform only serves others that are for another platform. Debian's libc is glibc. */
const isForThisMachine = (entry) =>
  entry.cpu !== undefined && fits(entry.os, process.platform) && fits(entry.cpu, process.arch) && fits(entry.libc, 'glibc');

function isComplete() {
  if (!existsSync('node_modules/.package-lock.json')) return false;
  const wanted = packagesOf('package-lock.json');
  const there = packagesOf('node_modules/.package-lock.json');
  return Object.entries(wanted).every(([place, entry]) => {
    if (place === '' || entry.link) return true;
    if (there[place]) return there[place].integrity === entry.integrity && existsSync(`${place}/package.json`);
    return entry.optional === true && !isForThisMachine(entry);
  });
}

process.exit(isComplete() ? 0 : 1);
