/** The log of one container as it is now, as a line source: read to its end, once. */
import { TimedReader } from '../timed/timed-reader.ts';
import type { LineBatch, LineSource, ReadOptions } from '../line-source.ts';
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
  const { container, pod } = options;
  return {
    name: originName(pod, container),
    resource: resourceOf(pod, container),
    sizeBytes: undefined,
    modifiedAtMs: undefined,
    read: (reading) => readLog(options, reading),
  };
}

async function* readLog(
  { api, container, pod, previous, sinceTime, tailLines }: PodLogOptions,
  { signal = new AbortController().signal }: ReadOptions,
): AsyncGenerator<LineBatch> {
  const query = { container: container.name, sinceTime, tailLines, ...(previous && { previous }) };
  const answer = await api.log(pod, query, signal);
  let readBytes = 0;
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of answer) {
      readBytes += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  };
  const reading = { expectOverlap: false, isLast: () => true };
  for await (const { cutLines, lines } of new TimedReader().read(counted(), reading)) {
    yield { lines, checkpointAfter: () => undefined, readBytes, cutLines };
  }
}
