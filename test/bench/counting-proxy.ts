/** Passes everything on and counts it: what really goes over the wire, headers, signatures and all. */
import { connect, createServer, type AddressInfo, type Server } from 'node:net';

export interface CountingProxy {
  readonly port: number;
  /** In both directions, since it was opened. */
  bytes(): number;
  close(): Promise<void>;
}

/** @param target a port on loopback */
export async function countingProxy(target: number): Promise<CountingProxy> {
  let bytes = 0;
  const server: Server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true });
    for (const [from, to] of [[near, far], [far, near]] as const) {
      from.on('data', (data: Buffer) => {
        bytes += data.length;
        if (!to.write(data)) from.pause();
      });
      to.on('drain', () => from.resume());
      from.on('close', () => to.destroy());
      from.on('error', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    bytes: () => bytes,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
