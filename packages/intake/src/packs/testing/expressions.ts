/** For tests: the regular expressions that packs hold. */
import type { Packs } from '../load-packs.ts';

/** Each with the first place where it is. */
export function expressionsOf({ formats, errors }: Packs): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const add = (source: string, where: string): void => {
    if (!found.has(source)) found.set(source, where);
  };
  for (const { spec } of formats.values()) {
    if (spec.kind === 'line') add(spec.line, `${spec.id}: line`);
    for (const [index, { pattern }] of (spec.extract ?? []).entries()) {
      add(pattern, `${spec.id}: extract ${index}`);
    }
  }
  for (const { spec } of errors.values()) {
    for (const { pattern } of spec.match) if (pattern !== undefined) add(pattern, spec.id);
  }
  return found;
}
