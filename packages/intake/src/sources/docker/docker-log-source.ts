/** The log of one container as it is now, as a line source: read to its end, once. */
import { readTimedLog } from '../timed/read-timed-log.ts';
import type { LineSource } from '../line-source.ts';
import { dockerResource, type DockerApi, type DockerContainer } from './docker-api.ts';
import { framedLines } from './docker-frames.ts';

export interface DockerLogOptions {
  readonly api: DockerApi;
  readonly container: DockerContainer;
  readonly sinceMs: number | undefined;
  readonly tail: number | undefined;
}

export function dockerLogSource({ api, container, sinceMs, tail }: DockerLogOptions): LineSource {
  return {
    name: container.name,
    resource: dockerResource(container),
    sizeBytes: undefined,
    modifiedAtMs: undefined,
    read: ({ signal = new AbortController().signal }) =>
      readTimedLog(async () => {
        const detail = await api.detail(container.id, signal);
        const since = sinceMs === undefined ? undefined : Math.floor(sinceMs / 1000);
        const stream = await api.log(container.id, { follow: false, since, tail }, signal);
        return detail?.hasTerminal === true ? stream : framedLines(stream);
      }),
  };
}
