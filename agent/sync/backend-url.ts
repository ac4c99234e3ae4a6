/** Which addresses the agent may send the journal to. Used where the configuration is read and where requests are made. */

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export type BackendUrl =
  | { readonly ok: true; readonly origin: string }
  | { readonly ok: false; readonly why: 'not-a-url' | 'not-encrypted' | 'more-than-an-origin' };

/**
 * An origin alone: `https://…`, or `http://` on this very machine, where nobody can listen. A path is refused because requests are
 * signed over the path the backend sees.
 */
export function readBackendUrl(text: string): BackendUrl {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) return { ok: false, why: 'not-a-url' };
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) return { ok: false, why: 'not-encrypted' };
  if (url.pathname !== '/' || url.search || url.hash || url.username || url.password) return { ok: false, why: 'more-than-an-origin' };
  return { ok: true, origin: url.origin };
}
