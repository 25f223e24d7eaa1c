/** Errors of a caller that has itself run out of something, whomever it meant to call. */

/** Of its host: the call never left it. */
const OF_HOST =
  /no such host|name resolution|server misbehaving|cannot assign requested address|EADDRNOTAVAIL|too many open files|EMFILE|cannot allocate memory|ENOMEM|out of memory/i;
/** Of its pools: full because of itself, or because what it calls is slow. */
const OF_POOL =
  /pool (?:is )?(?:exhausted|full)|(?:pool|connection).{0,30}(?:wait queue|timed? ?out waiting)|waiting for (?:a )?(?:free )?connection|no free connection/i;

export function isOwnLimit(text: string): boolean {
  return isHostLimit(text) || OF_POOL.test(text);
}

export function isHostLimit(text: string): boolean {
  return OF_HOST.test(text);
}
