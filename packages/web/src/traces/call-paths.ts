/**
 * Spans of a trace put together by their path: the same operation of the same service, called the same
 * way. What a flame graph draws and what two traces are compared by.
 */
import type { TraceTree } from './trace-tree.ts';

export interface CallPath {
  readonly service: string;
  readonly operation: string;
  /** Index in the list; -1 at the top. */
  readonly parent: number;
  readonly depth: number;
  readonly children: readonly number[];
  readonly spans: number;
  readonly errors: number;
  /** Sum of the durations of its spans. */
  readonly totalNs: number;
  /** Sum of the time in which none of their children ran. */
  readonly selfNs: number;
  /** What its spans and all below them worked, beside each other or not. */
  readonly workNs: number;
}

type Growing = { -readonly [Key in keyof CallPath]: CallPath[Key] } & { children: number[] };

/** Each before those that it calls; children by their first span. */
export function callPaths(tree: TraceTree): readonly CallPath[] {
  const paths: Growing[] = [];
  const indexOfKey = new Map<string, number>();
  const pathOfSpan = new Int32Array(tree.spans.length).fill(-1);
  for (const span of tree.order) {
    const above = tree.parents[span] ?? -1;
    const parent = above < 0 ? -1 : (pathOfSpan[above] ?? -1);
    const { serviceName = '', name = '', status } = tree.spans[span] ?? {};
    const key = JSON.stringify([parent, serviceName, name]);
    const index = indexOfKey.get(key) ?? paths.length;
    if (index === paths.length) {
      indexOfKey.set(key, index);
      paths.push(emptyPath(serviceName, name, { parent, depth: (paths[parent]?.depth ?? -1) + 1 }));
      paths[parent]?.children.push(index);
    }
    const path = paths[index];
    if (!path) continue;
    pathOfSpan[span] = index;
    path.spans += 1;
    path.errors += status === 'error' ? 1 : 0;
    path.totalNs += tree.durations[span] ?? 0;
    path.selfNs += tree.selfTimes[span] ?? 0;
  }
  for (const path of paths.toReversed()) {
    path.workNs += path.selfNs;
    const parent = paths[path.parent];
    if (parent) parent.workNs += path.workNs;
  }
  return paths;
}

function emptyPath(
  service: string,
  operation: string,
  { parent, depth }: Pick<CallPath, 'parent' | 'depth'>,
): Growing {
  const counts = { spans: 0, errors: 0, totalNs: 0, selfNs: 0, workNs: 0 };
  return { service, operation, parent, depth, children: [], ...counts };
}

/** The path as far as a text can say it: the same in another trace. */
export function pathKeys(paths: readonly CallPath[]): readonly string[] {
  const keys: string[] = [];
  for (const { parent, service, operation } of paths) {
    keys.push(`${keys[parent] ?? ''}${JSON.stringify([service, operation])}`);
  }
  return keys;
}
