/** Passes on what kiosk and backend say, and cuts the line after exactly so many bytes in one direction. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type Direction = 'request' | 'answer';

export interface CuttingProxy {
  readonly url: string;
  /** Once: everything up to the `after`th byte arrives, nothing beyond, and the line breaks in both directions. */
  cut(direction: Direction, after: number): void;
  /** Passed on in that direction since `cut` was called last. */
  passed(direction: Direction): number;
  /** How often the line was cut. */
  cuts(): number;
  close(): Promise<void>;
}

/** @param target a port on loopback */
export async function cuttingProxy(target: number): Promise<CuttingProxy> {
  const passed: Record<Direction, number> = { request: 0, answer: 0 };
  let armed: { readonly direction: Direction; readonly after: number } | undefined;
  let cuts = 0;
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true });
    const breakBoth = () => {
      near.destroy();
      far.destroy();
    };
    const pass = (direction: Direction, from: Socket, to: Socket) => {
      open.add(from);
      from.on('error', breakBoth).on('close', () => {
        open.delete(from);
        breakBoth();
      });
      from.on('data', (data: Buffer) => {
        const left = armed?.direction === direction ? armed.after - passed[direction] : Infinity;
        passed[direction] += Math.min(left, data.length);
        if (data.length < left) return void to.write(data);
        armed = undefined;
        cuts += 1;
        to.write(data.subarray(0, left), () => breakBoth());
      });
    };
    pass('request', near, far);
    pass('answer', far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut(direction, after) {
      passed.request = 0;
      passed.answer = 0;
      armed = { direction, after };
    },
    passed: (direction) => passed[direction],
    cuts: () => cuts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
