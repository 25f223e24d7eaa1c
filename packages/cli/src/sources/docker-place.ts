/** The containers of an engine, by its socket. */
import {
  DockerApi,
  dockerTarget,
  type DockerContainer,
} from '@tendril/intake/sources/docker/docker-api';
import { dockerLogSource } from '@tendril/intake/sources/docker/docker-log-source';
import { followDocker } from '@tendril/intake/sources/docker/follow-containers';
import { namePattern } from '@tendril/intake/sources/name-pattern';
import { Failure } from '@tendril/model/failure';
import type { Invocation } from '../command.ts';
import { namesText, TAIL_DEFAULT, type LogPlace, type Selection } from './log-place.ts';

export function dockerPlace(
  { environment }: Pick<Invocation, 'environment'>,
  { container, pattern = container, sinceMs, tailLines }: Selection,
): LogPlace {
  const api = new DockerApi(dockerTarget(environment['DOCKER_HOST']));
  const isNamed = pattern === undefined ? () => true : namePattern(pattern);
  const isMeant = ({ name }: DockerContainer): boolean => isNamed(name);
  const meant = async (signal: AbortSignal): Promise<readonly DockerContainer[]> => {
    const all = await api.containers(signal);
    const found = all.filter(isMeant);
    if (found.length > 0) return found;
    const params = {
      where: api.name,
      asked: pattern ?? '*',
      known: namesText(all.map(({ name }) => name)) || '-',
    };
    const detail = `no container of ${params.where} matches ${params.asked}; there are: ${params.known}`;
    throw new Failure({ code: 'no_containers', detail, params });
  };
  return {
    kind: 'docker',
    where: api.name,
    list: async (signal) => ({
      columns: [
        { key: 'container', title: 'list.column.container' },
        { key: 'image', title: 'list.column.image' },
        { key: 'status', title: 'list.column.status' },
      ],
      rows: (await meant(signal)).map(({ image, name, status }) => [name, image, status]),
    }),
    sources: async (signal) =>
      (await meant(signal)).map((each) => ({
        name: each.name,
        open: async () => dockerLogSource({ api, container: each, sinceMs, tail: tailLines }),
      })),
    async *follow({ onEvent, signal }) {
      await meant(signal);
      const tail = tailLines ?? (sinceMs === undefined ? TAIL_DEFAULT : undefined);
      const start = { sinceMs, tail };
      yield* followDocker({ api, isMeant, places: [], start, signal, onEvent });
    },
    close: () => api.close(),
  };
}
