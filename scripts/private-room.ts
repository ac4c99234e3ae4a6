/**
 * Runs a program in namespaces of its own (Linux, root only): a loopback where no port is taken, an empty /run/pcscd, and a process
 * tree that ends as a whole. A test run then neither disturbs nor is disturbed by a pcscd or a kiosk that runs on the same machine.
 *
 * The loopback acknowledges at once (`quickack`): pcscd writes the length and the body of each virtual-card APDU separately, and the
 * second write would otherwise wait some 40 ms for a delayed acknowledgement. And no connection gets one of vpcd's ports by chance as
 * its own end: vpcd could not listen there until a minute after it, and pcscd would have no reader.
 */
import { spawnSync } from 'node:child_process';

const furnish = `
  ip link set lo up &&
  ip route change local 127.0.0.0/8 dev lo table local quickack 1 &&
  { ip route change local 127.0.0.1 dev lo table local quickack 1 2>/dev/null || true; } &&
  { echo 35963-35964 >/proc/sys/net/ipv4/ip_local_reserved_ports || true; } 2>/dev/null &&
  mkdir -p /run/pcscd && mount -t tmpfs -o mode=755 tmpfs /run/pcscd || exit 77
`;
/** sh stays as the first process of the room: it collects orphans, which Node does not. */
const script = `${furnish} "$@"; code=$?; umount -l /run/pcscd; exit $code`;

/**
 * The words to put before a command so that it runs in a room of its own, or why that is not possible here.
 * @example const room = privateRoom(); if (room.possible) spawn(room.prefix[0], [...room.prefix.slice(1), 'node', 'x.ts'])
 */
export function privateRoom(): { readonly possible: true; readonly prefix: readonly string[] } | { readonly possible: false; readonly why: string } {
  if (process.platform !== 'linux') return { possible: false, why: `not Linux but ${process.platform}` };
  if (process.getuid?.() !== 0) return { possible: false, why: 'not root' };
  const ways = [
    ['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
    ['unshare', '--net', '--mount'],
    // In a chroot whose root is no mount point, how mounts spread cannot be changed: what is mounted is taken away again at the end.
    ['unshare', '--net', '--mount', '--propagation', 'unchanged', '--pid', '--fork', '--kill-child', '--mount-proc'],
    ['unshare', '--net', '--mount', '--propagation', 'unchanged'],
  ];
  let why = '';
  for (const way of ways) {
    const prefix = [...way, 'sh', '-c', script, 'room'];
    const tried = spawnSync(prefix[0]!, [...prefix.slice(1), 'true'], { encoding: 'utf8' });
    if (tried.status === 0) return { possible: true, prefix };
    why = (tried.error?.message ?? tried.stderr).trim().split('\n')[0] ?? '';
  }
  return { possible: false, why };
}
