/** Waiting for something to become true, with a limit that says what was waited for. */

/** @throws Error naming `what` when it has not become true within `limitMs` */
export async function until<T>(what: string, check: () => T | undefined | false | null | Promise<T | undefined | false | null>, limitMs = 20_000): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== false && value !== null) return value;
    if (performance.now() > end) throw new Error(`Waited ${limitMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
