/** Which pods and containers are meant. */
import { namePattern, type NamePattern } from '../name-pattern.ts';
import type { PodQuery } from './kube-api.ts';
import type { Container, Pod } from './pods.ts';

export interface PodSelection {
  /** All of the cluster when undefined. */
  readonly namespaces: readonly string[] | undefined;
  /** Of pods' names: a glob, or an expression. */
  readonly pattern?: string | undefined;
  readonly labelSelector?: string | undefined;
  /** Of containers' names. */
  readonly container?: string | undefined;
  /** Pods on this node alone. */
  readonly node?: string | undefined;
}

export function podQueries({ labelSelector, namespaces, node }: PodSelection): readonly PodQuery[] {
  const fieldSelector = node === undefined ? undefined : `spec.nodeName=${node}`;
  return (namespaces ?? [undefined]).map((namespace) => ({
    namespace,
    labelSelector,
    fieldSelector,
  }));
}

export class PodMatcher {
  private readonly isPod: NamePattern;
  private readonly isContainer: NamePattern;

  constructor({ container, pattern }: PodSelection) {
    this.isPod = pattern === undefined ? () => true : namePattern(pattern);
    this.isContainer = container === undefined ? () => true : namePattern(container);
  }

  takesPod({ name }: Pick<Pod, 'name'>): boolean {
    return this.isPod(name);
  }

  containersOf(pod: Pod): readonly Container[] {
    return this.takesPod(pod) ? pod.containers.filter(({ name }) => this.isContainer(name)) : [];
  }
}
