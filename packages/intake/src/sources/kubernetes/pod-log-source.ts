/** The log of one container as it is now, as a line source: read to its end, once. */
import type { LineSource } from '../line-source.ts';
import { readTimedLog } from '../timed/read-timed-log.ts';
import { originName } from './follow-pods.ts';
import type { KubeApi } from './kube-api.ts';
import { resourceOf, type Container, type Pod } from './pods.ts';

export interface PodLogOptions {
  readonly api: KubeApi;
  readonly pod: Pod;
  readonly container: Container;
  readonly sinceTime?: string | undefined;
  readonly tailLines?: number | undefined;
  /** The run before the last restart. */
  readonly previous: boolean;
}

export function podLogSource(options: PodLogOptions): LineSource {
  const { api, container, pod, previous, sinceTime, tailLines } = options;
  const query = { container: container.name, sinceTime, tailLines, ...(previous && { previous }) };
  return {
    name: originName(pod, container),
    resource: resourceOf(pod, container),
    sizeBytes: undefined,
    modifiedAtMs: undefined,
    read: ({ signal = new AbortController().signal }) =>
      readTimedLog(async () => await api.log(pod, query, signal)),
  };
}
