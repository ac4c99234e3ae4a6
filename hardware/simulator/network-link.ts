/**
 * A simulated network: forwards TCP connections from one loopback port to another until it is cut. A cut ends every connection at
 * once and refuses new ones, as a pulled cable with a fast answer does; `restore` lets connections through again. Never looks at or
 * changes what passes.
 */
import { createServer, connect, type Server, type Socket } from 'node:net';

export interface NetworkLink {
  /** The loopback port to connect to; another one than asked for only when 0 was asked for. */
  readonly port: number;
  state(): 'up' | 'cut';
  /** Connections that pass now. */
  connections(): number;
  /** Resolves when nothing passes any more. */
  cut(): Promise<void>;
  /** @throws Error when another program took the port in the meantime */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param ports `listen` 0 takes any free port
 * @throws Error (code EADDRINUSE) when the port is taken
 */
export async function createNetworkLink(ports: { readonly listen: number; readonly target: number }): Promise<NetworkLink> {
  const pairs = new Set<readonly [Socket, Socket]>();

  const forward = (near: Socket): void => {
    const far = connect(ports.target, '127.0.0.1');
    const pair = [near, far] as const;
    pairs.add(pair);
    const end = () => {
      near.destroy();
      far.destroy();
      pairs.delete(pair);
    };
    for (const side of pair) {
      side.setNoDelay(true);
      side.on('error', end).on('close', end);
    }
    near.pipe(far);
    far.pipe(near);
  };

  const open = (port: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer({ allowHalfOpen: true }, forward);
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve(server);
      });
    });

  let server: Server | undefined = await open(ports.listen);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port');
  const port = address.port;

  const cut = async (): Promise<void> => {
    const listening = server;
    server = undefined;
    if (!listening) return;
    const closed = new Promise<void>((resolve) => listening.close(() => resolve()));
    for (const [near, far] of pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
    pairs.clear();
    await closed;
  };

  return {
    port,
    state: () => (server ? 'up' : 'cut'),
    connections: () => pairs.size,
    cut,
    async restore() {
      server ??= await open(port);
    },
    close: cut,
  };
}
