/** Files, as they are named: a path, a folder, a glob. */
import { stat } from 'node:fs/promises';
import { followFiles } from '@tendril/intake/sources/files/follow/follow-files';
import type { OriginLines } from '@tendril/intake/sources/origin-lines';
import { sourcesOf } from '@tendril/intake/sources/registry';
import type { Invocation } from '../command.ts';
import {
  TAIL_DEFAULT,
  type FollowOptions,
  type Listing,
  type LogPlace,
  type Selection,
} from './log-place.ts';

export function filesPlace(
  { stdin }: Pick<Invocation, 'stdin'>,
  { paths, sinceMs, tailLines }: Selection,
): LogPlace {
  const sources: LogPlace['sources'] = async () => await sourcesOf(paths, { stdin });
  return {
    kind: 'files',
    where: paths.join(' '),
    sources,
    list: async () => await listed((await sourcesOf(paths, { stdin })).map(({ name }) => name)),
    follow: (options) => followed({ paths, sinceMs, tailLines }, options),
    close: () => undefined,
  };
}

async function listed(paths: readonly string[]): Promise<Listing> {
  const rows = await Promise.all(
    paths.map(async (path) => {
      const { mtimeMs, size } = await stat(path);
      return [path, size, new Date(mtimeMs).toISOString()] as const;
    }),
  );
  return {
    columns: [
      { key: 'path', title: 'list.column.path' },
      { key: 'bytes', title: 'list.column.bytes', align: 'right' },
      { key: 'modifiedAt', title: 'list.column.modified' },
    ],
    rows,
  };
}

async function* followed(
  { paths, sinceMs, tailLines }: Pick<Selection, 'paths' | 'sinceMs' | 'tailLines'>,
  { onEvent, signal }: FollowOptions,
): AsyncGenerator<OriginLines<unknown>> {
  // Which of a file's lines are newer, only their times say.
  const isWhole = sinceMs !== undefined && tailLines === undefined;
  const start = isWhole
    ? ({ start: 'beginning' } as const)
    : ({ start: 'end', tailLines: tailLines ?? TAIL_DEFAULT } as const);
  const options = { include: paths, exclude: [], ...start, places: [] };
  for await (const { path, ...lines } of followFiles({ ...options, signal, onEvent })) {
    const { id } = lines.placeAfter(0);
    yield { ...lines, origin: { id, name: path, resource: { 'log.file.path': path } } };
  }
}
