/** Two traces put beside each other, path by path: what only one of them has, what became slower. */
import { pathKeys, type CallPath } from './call-paths.ts';

export type PathChange = 'onlyA' | 'onlyB' | 'slower' | 'faster' | 'alike';

export interface DiffRow {
  readonly key: string;
  readonly service: string;
  readonly operation: string;
  readonly depth: number;
  readonly a: CallPath | undefined;
  readonly b: CallPath | undefined;
  readonly change: PathChange;
  /** How much longer its spans took in B, all together. */
  readonly deltaNs: number;
}

/** A smaller change of the time of one span is none. */
const CHANGE_SHARE_MIN = 0.1;
const CHANGE_NS_MIN = 100_000;

/** In the order of A; what only B has follows the sibling that it follows there, else its caller. */
export function traceDiff(a: readonly CallPath[], b: readonly CallPath[]): readonly DiffRow[] {
  const [keysA, keysB] = [pathKeys(a), pathKeys(b)];
  const ofA = new Map(keysA.map((key, index) => [key, a[index]]));
  const ofB = new Map(keysB.map((key, index) => [key, b[index]]));
  return mergedKeys(a, keysA, { paths: b, keys: keysB }).map((key) =>
    rowOf(key, ofA.get(key), ofB.get(key)),
  );
}

interface Keyed {
  readonly paths: readonly CallPath[];
  readonly keys: readonly string[];
}

function mergedKeys(
  pathsA: readonly CallPath[],
  keysA: readonly string[],
  b: Keyed,
): readonly string[] {
  const children = new Map<string, string[]>();
  const seen = new Set<string>();
  for (const { paths, keys } of [{ paths: pathsA, keys: keysA }, b]) {
    for (const [index, key] of keys.entries()) {
      if (seen.has(key)) continue;
      seen.add(key);
      const parent = keys[paths[index]?.parent ?? -1] ?? '';
      const known = children.get(parent);
      if (known) known.push(key);
      else children.set(parent, [key]);
    }
  }
  const merged: string[] = [];
  const waiting = (children.get('') ?? []).toReversed();
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    merged.push(key);
    waiting.push(...(children.get(key) ?? []).toReversed());
  }
  return merged;
}

function rowOf(key: string, a: CallPath | undefined, b: CallPath | undefined): DiffRow {
  const { service = '', operation = '', depth = 0 } = a ?? b ?? {};
  const deltaNs = (b?.totalNs ?? 0) - (a?.totalNs ?? 0);
  return { key, service, operation, depth, a, b, change: changeOf(a, b), deltaNs };
}

function changeOf(a: CallPath | undefined, b: CallPath | undefined): PathChange {
  if (!a) return 'onlyB';
  if (!b) return 'onlyA';
  const [before, after] = [a.totalNs / a.spans, b.totalNs / b.spans];
  const delta = after - before;
  const isSmall = Math.abs(delta) < CHANGE_NS_MIN || Math.abs(delta) < before * CHANGE_SHARE_MIN;
  if (isSmall) return 'alike';
  return delta > 0 ? 'slower' : 'faster';
}
