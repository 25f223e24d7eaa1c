/**
 * The kinds of line sources, in the order they are asked for an argument. A new one is a folder beside
 * these and one line here.
 */
import { expandPaths } from './files/expand-paths.ts';
import { fileSource } from './files/file-source.ts';
import type { LineSource } from './line-source.ts';
import { STDIN_NAME, stdinSource } from './stdin/stdin-source.ts';

export interface SourceEnvironment {
  readonly stdin: AsyncIterable<Uint8Array>;
}

/** A source that is opened when its turn comes: there may be many. */
export interface PendingSource {
  readonly name: string;
  open(): Promise<LineSource>;
}

interface SourceKind {
  readonly name: string;
  takes(argument: string): boolean;
  sources(argument: string, environment: SourceEnvironment): Promise<readonly PendingSource[]>;
}

const KINDS: readonly SourceKind[] = [
  {
    name: 'stdin',
    takes: (argument) => argument === STDIN_NAME,
    sources: async (_argument, { stdin }) => [
      { name: STDIN_NAME, open: async () => stdinSource(stdin) },
    ],
  },
  {
    name: 'files',
    takes: () => true,
    sources: async (argument) =>
      (await expandPaths([argument])).map((path) => ({
        name: path,
        open: async () => await fileSource(path),
      })),
  },
];

/** The sources that arguments name, each once. */
export async function sourcesOf(
  argumentList: readonly string[],
  environment: SourceEnvironment,
): Promise<readonly PendingSource[]> {
  const sources = new Map<string, PendingSource>();
  for (const argument of argumentList) {
    const kind = KINDS.find((candidate) => candidate.takes(argument));
    for (const source of (await kind?.sources(argument, environment)) ?? []) {
      sources.set(source.name, source);
    }
  }
  return [...sources.values()];
}
