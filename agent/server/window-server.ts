/**
 * The loopback port of the window. Serves the page and the RPC to whoever holds this start's secret, and to nobody else: exact Host,
 * exact Origin, a cookie that only the address given to the shell can set. Nothing here changes anything by GET.
 */
import { timingSafeEqual } from 'node:crypto';
import fastifyCookie from '@fastify/cookie';
import fastifyStatic from '@fastify/static';
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { kioskRouter, type KioskService } from '../../contract/kiosk-router.ts';
import { ENTER_PATH, WINDOW_COOKIE } from '../../contract/kiosk.ts';
import type { Log } from '../log/log.ts';
import { serveVoices, type VoiceDirectories } from './voice-files.ts';

export interface WindowServer {
  readonly port: number;
  /** What the shell opens: enters with the secret, then shows the page. */
  readonly address: string;
  close(): Promise<void>;
}

export type WindowServerFailure = { readonly ok: false; readonly why: 'port-occupied' | 'other'; readonly detail: string };

const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), payment=()',
} as const;

/**
 * @param options.port 0 lets the system choose
 * @param options.secret at least 32 random characters, new at every start
 * @param options.root directory of the built window
 * @param options.voices where recordings of what the window says may lie
 */
export async function startWindowServer(options: {
  readonly port: number;
  readonly secret: string;
  readonly root: string;
  readonly voices?: () => VoiceDirectories;
  readonly kiosk: KioskService;
  readonly log: Log;
}): Promise<({ readonly ok: true } & WindowServer) | WindowServerFailure> {
  const { secret, log } = options;
  let allowedHost = '';

  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    bodyLimit: 4_096,
    routerOptions: { maxParamLength: 200 },
  });
  await app.register(fastifyCookie);

  const refuse = (reply: FastifyReply, status: number, why: string) => {
    log.event('window-refused', { why });
    return reply
      .code(status)
      .type('text/plain; charset=utf-8')
      .send('この画面は、かざす窓口が自分で開きます。\nThis page is opened by the kiosk itself: use the address printed at its start.\n');
  };

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(PAGE_HEADERS);
    const { host, origin } = request.headers;
    if (host !== allowedHost) return refuse(reply, 403, 'host');
    if (origin !== undefined && origin !== `http://${allowedHost}`) return refuse(reply, 403, 'origin');
    if (request.method !== 'GET' && origin === undefined) return refuse(reply, 403, 'no-origin');
    if (pathOf(request) === ENTER_PATH) return undefined;
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return refuse(reply, 403, 'cross-site');
    if (!sameText(request.cookies[WINDOW_COOKIE] ?? '', secret)) return refuse(reply, 401, 'secret');
    return undefined;
  });

  app.get<{ Querystring: { secret?: string } }>(ENTER_PATH, async (request, reply) => {
    const given = request.query.secret;
    if (typeof given !== 'string' || !sameText(given, secret)) return refuse(reply, 401, 'secret');
    reply.setCookie(WINDOW_COOKIE, secret, { httpOnly: true, sameSite: 'strict', path: '/' }).header('cache-control', 'no-store');
    // A browser that was sent here by a file (so that the secret is in no process list) would not carry a strict cookie along a
    // redirect: the page has to move on by itself.
    if (request.headers['sec-fetch-site'] === 'cross-site') {
      return reply.type('text/html; charset=utf-8').send('<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/"><title>かざす窓口</title>');
    }
    return reply.redirect('/', 303);
  });
  await app.register(fastifyTRPCPlugin, { prefix: '/rpc', trpcOptions: { router: kioskRouter(options.kiosk) } });
  await app.register(fastifyStatic, {
    root: options.root,
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Vite puts a hash of the content into every asset's name; the page itself must always be asked for.
      void reply.header('cache-control', /\/assets\//.test(path) ? 'private, max-age=31536000, immutable' : 'no-store');
    },
  });
  serveVoices(app, options.voices ?? (() => ({})));
  app.setNotFoundHandler((_, reply) => reply.code(404).type('text/plain; charset=utf-8').send('ありません。Not found.\n'));
  app.setErrorHandler((error: Error & { statusCode?: number }, _, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.event('unexpected-error', { where: 'window-server', detail: error.message });
    return reply.code(status).type('text/plain; charset=utf-8').send('いまは応えられません。This cannot be answered now.\n');
  });

  try {
    await app.listen({ host: '127.0.0.1', port: options.port });
  } catch (error) {
    await app.close();
    const code = (error as NodeJS.ErrnoException).code;
    return { ok: false, why: code === 'EADDRINUSE' || code === 'EACCES' ? 'port-occupied' : 'other', detail: (error as Error).message };
  }
  const bound = app.server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the window server has no port');
  allowedHost = `127.0.0.1:${bound.port}`;
  return {
    ok: true,
    port: bound.port,
    address: `http://${allowedHost}${ENTER_PATH}?secret=${secret}`,
    close: () => app.close(),
  };
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

/** Compares without telling by its time how much was right. */
function sameText(given: string, wanted: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(wanted);
  return a.length === b.length && timingSafeEqual(a, b);
}
