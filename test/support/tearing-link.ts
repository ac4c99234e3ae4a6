/**
 * Stands before the backend and breaks connections in the middle of pushing the journal, at stated moments. Passes everything else on
 * unchanged.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { API } from '../../contract/sync.ts';

export type Tear =
  /** Half of the request arrives. */
  | 'in-request'
  /** The backend has done everything; its answer is lost whole. */
  | 'before-answer'
  /** Half of the answer arrives. */
  | 'in-answer';

export class TearingLink {
  readonly #server: Server;
  readonly #armed: Tear[] = [];
  readonly #sockets = new Set<Socket>();
  /** What was torn, in order. */
  readonly torn: Tear[] = [];
  /** Called when a push has been passed on, before anything of its answer. */
  onPush: (() => void) | undefined;

  /** @param target loopback port of the backend */
  static async start(target: number): Promise<TearingLink> {
    const link = new TearingLink(target);
    await new Promise<void>((resolve, reject) => link.#server.once('error', reject).listen(0, '127.0.0.1', resolve));
    return link;
  }

  private constructor(target: number) {
    this.#server = createServer((near) => this.#pass(near, connect(target, '127.0.0.1')));
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The tearing link does not listen');
    return address.port;
  }

  /** The next push is torn so; armed several times, each push takes one. */
  tearNext(tear: Tear): void {
    this.#armed.push(tear);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #pass(near: Socket, far: Socket): void {
    let tear: Tear | undefined;
    const end = () => {
      near.destroy();
      far.destroy();
    };
    const tearNow = () => {
      if (tear) this.torn.push(tear);
      tear = undefined;
      end();
    };
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true).on('error', end).on('close', () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    near.on('data', (chunk) => {
      const isPush = chunk.toString('latin1').startsWith(`POST ${API.push}`);
      if (isPush) tear = this.#armed.shift();
      if (tear === 'in-request') far.write(chunk.subarray(0, chunk.length / 2), tearNow);
      else far.write(chunk, () => isPush && this.onPush?.());
    });
    far.on('data', (chunk) => {
      switch (tear) {
        case 'before-answer':
          return tearNow();
        case 'in-answer':
          return void near.write(chunk.subarray(0, chunk.length / 2), tearNow);
        case 'in-request':
        case undefined:
          return void near.write(chunk);
      }
    });
  }
}
