/** All pipes, in the order of the reference page. */
import { around } from './around.ts';
import { extract } from './extract.ts';
import { fields } from './fields.ts';
import { limit } from './limit.ts';
import { math } from './math.ts';
import { patterns } from './patterns.ts';
import type { PipeDefinition } from './pipe.ts';
import { renamePipe } from './rename.ts';
import { sort } from './sort.ts';
import { stats } from './stats.ts';
import { top } from './top.ts';
import { uniq } from './uniq.ts';
import { where } from './where.ts';

export const PIPES: readonly PipeDefinition[] = [
  stats,
  top,
  uniq,
  patterns,
  where,
  sort,
  limit,
  fields,
  extract,
  math,
  renamePipe,
  around,
];

export function pipeNamed(name: string): PipeDefinition | undefined {
  const lower = name.toLowerCase();
  return PIPES.find((pipe) => pipe.name === lower || pipe.aliases.includes(lower));
}
