/** For tests: the regular expressions that packs hold. */
import type { Packs } from '../load-packs.ts';

/** Each with the first place where it is. */
export function expressionsOf({ formats, errors }: Packs): ReadonlyMap<string, string> {
  const ofFormats = [...formats.values()].flatMap(({ spec }) => [
    ...(spec.kind === 'line' ? [[spec.line, `${spec.id}: line`] as const] : []),
    ...(spec.extract ?? []).map(
      ({ pattern }, index) => [pattern, `${spec.id}: extract ${index}`] as const,
    ),
  ]);
  const ofErrors = [...errors.values()].flatMap(({ spec }) =>
    spec.match.flatMap(({ pattern }) =>
      pattern === undefined ? [] : [[pattern, spec.id] as const],
    ),
  );
  return new Map([...ofFormats, ...ofErrors].toReversed());
}
