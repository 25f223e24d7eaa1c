/** What the agent is told to do: a YAML file. Everything wrong with it is said at once, with its line. */
import { hostname } from 'node:os';
import type { FormatTable } from '@tendril/intake/format-table';
import { formatsWith, loadPacks, problemText } from '@tendril/intake/packs/load-packs';
import { ownPacks } from '@tendril/intake/packs/pack-folder';
import { readEntry, type PackEntry, type PackProblem } from '@tendril/intake/packs/yaml-file';
import { namePattern } from '@tendril/intake/sources/name-pattern';
import { zoneOf } from '@tendril/intake/zone';
import { Failure } from '@tendril/model/failure';
import { z } from 'zod';

/** What every source takes. */
export interface SourceCommon {
  /** Of what is there when the agent starts for the first time. */
  readonly start: 'beginning' | 'end';
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
  /** Detected when absent. */
  readonly format?: string | undefined;
  /** Of times that are written without one; this machine's when absent. */
  readonly zone?: string | undefined;
  /** More attributes of the resource. */
  readonly resource: Readonly<Record<string, string>>;
}

export interface FileSourceConfig extends SourceCommon {
  /** Globs; a folder means all in it and below. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export interface JournalSourceConfig extends SourceCommon {
  /** All when empty; globs as systemd has them. */
  readonly units: readonly string[];
  /** Of another journal than this machine's. */
  readonly directory?: string | undefined;
}

export interface DockerSourceConfig extends SourceCommon {
  /** Names: a glob, or an expression; all when absent. */
  readonly containers?: string | undefined;
  /** That of `DOCKER_HOST`, or Docker's own, when absent. */
  readonly socket?: string | undefined;
}

export interface KubernetesSourceConfig extends SourceCommon {
  /** From the cluster's API, or from the files of the node that the agent runs on. */
  readonly from: 'api' | 'files';
  /** All when absent. */
  readonly namespaces?: readonly string[] | undefined;
  /** Names of pods: a glob, or an expression. */
  readonly pods?: string | undefined;
  /** Labels, as kubectl takes them; of the API alone. */
  readonly selector?: string | undefined;
  readonly container?: string | undefined;
  /** With what the run before the last restart wrote, of containers that were never read. */
  readonly previous: boolean;
  /** Pods of one node; with `files` that of `NODE_NAME` when absent. */
  readonly node?: string | undefined;
  readonly context?: string | undefined;
  /** Of the files; kubelet's own when absent. */
  readonly folder?: string | undefined;
}

/** What is read. */
export interface AgentSources {
  readonly files: readonly FileSourceConfig[];
  readonly journald: readonly JournalSourceConfig[];
  readonly docker: readonly DockerSourceConfig[];
  readonly kubernetes: readonly KubernetesSourceConfig[];
}

export interface AgentConfig extends AgentSources {
  /** The server's OTLP/HTTP address. */
  readonly server: string;
  readonly token?: string | undefined;
  /** Where places, the buffer and the key are kept. */
  readonly dataDir: string;
  /** What the buffer may hold while the server is away; then reading waits. */
  readonly bufferMegabytes: number;
  /** `host.name` of all records. */
  readonly host: string;
  /** With the server's key equal secrets are marked alike; made in the data directory when absent. */
  readonly redactionKeyFile?: string | undefined;
  /** Folder of packs of one's own; `packs` in the data directory when absent and there. */
  readonly packs?: string | undefined;
}

const NAMES = z.array(z.string().min(1));

const TEXT = z.string().min(1).optional();

const COMMON = {
  start: z.enum(['beginning', 'end']).default('beginning'),
  service: TEXT,
  environment: TEXT,
  format: TEXT,
  zone: z
    .string()
    .refine((name) => zoneOf(name) !== undefined, { message: 'is no time zone' })
    .optional(),
  resource: z.record(z.string(), z.string()).default({}),
};
const PATTERN = z
  .string()
  .min(1)
  .refine(isNamePattern, { message: 'is no pattern of names' })
  .optional();

const FILE_SOURCE: z.ZodType<FileSourceConfig> = z.strictObject({
  include: NAMES.min(1),
  exclude: NAMES.default([]),
  ...COMMON,
});
const JOURNAL_SOURCE: z.ZodType<JournalSourceConfig> = z.strictObject({
  units: NAMES.default([]),
  directory: TEXT,
  ...COMMON,
});
const DOCKER_SOURCE: z.ZodType<DockerSourceConfig> = z.strictObject({
  containers: PATTERN,
  socket: TEXT,
  ...COMMON,
});
const KUBERNETES_SOURCE: z.ZodType<KubernetesSourceConfig> = z
  .strictObject({
    from: z.enum(['api', 'files']).default('api'),
    namespaces: NAMES.min(1).optional(),
    pods: PATTERN,
    selector: TEXT,
    container: PATTERN,
    previous: z.boolean().default(true),
    node: TEXT,
    context: TEXT,
    folder: TEXT,
    ...COMMON,
  })
  .refine(({ from, selector }) => from === 'api' || selector === undefined, {
    message: 'labels are not in the names of files: take it out, or read from the api',
    path: ['selector'],
  });

const SOURCES = {
  files: z.array(FILE_SOURCE).default([]),
  journald: z.array(JOURNAL_SOURCE).default([]),
  docker: z.array(DOCKER_SOURCE).default([]),
  kubernetes: z.array(KUBERNETES_SOURCE).default([]),
};

const AGENT: z.ZodType<AgentConfig> = z.strictObject({
  server: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:4318'),
  token: z.string().min(1).optional(),
  dataDir: z.string().min(1),
  bufferMegabytes: z.int().min(8).max(1_000_000).default(1024),
  host: z.string().min(1).default(hostname()),
  redactionKeyFile: z.string().min(1).optional(),
  packs: z.string().min(1).optional(),
  ...SOURCES,
});
const SOURCES_ALONE: z.ZodType<AgentSources> = z.strictObject(SOURCES);

/** Throws `Failure` `agent_config` that says what is wrong and where. */
export function readAgentConfig(path: string): AgentConfig {
  return read(path, AGENT, agentFormats);
}

/** The sources alone, for a server that collects itself. Throws `Failure` `agent_config`. */
export function readSources(path: string, formats: FormatTable): AgentSources {
  return read(path, SOURCES_ALONE, () => formats);
}

function read<T extends AgentSources>(
  path: string,
  schema: z.ZodType<T>,
  formatsOf: (config: T) => FormatTable,
): T {
  const { entries, problems } = readEntry(path, schema);
  const [entry] = entries;
  const wrong =
    entry && problems.length === 0
      ? [...noSources(entry), ...unknownFormats(entry, formatsOf)]
      : problems;
  if (entry && wrong.length === 0) return entry.value;
  const problem = wrong.map(problemText).join('; ');
  throw new Failure({ code: 'agent_config', detail: problem, params: { path, problem } });
}

/** Those of Tendril, of its packs and of the user's. Throws a `Failure` when something is wrong with a pack. */
export function agentFormats({ packs, dataDir }: AgentConfig): FormatTable {
  return formatsWith(loadPacks({ folders: ownPacks(packs, dataDir), sections: ['formats'] }));
}

const KINDS = ['files', 'journald', 'docker', 'kubernetes'] as const;

function noSources({ problem, value }: PackEntry<AgentSources>): readonly PackProblem[] {
  if (KINDS.some((kind) => value[kind].length > 0)) return [];
  return [problem(`nothing to read: one of ${KINDS.join(', ')} is missing`)];
}

/** Whether lines may have formats that the server does not know. */
export function hasOwnPacks({ packs, dataDir }: AgentConfig): boolean {
  return ownPacks(packs, dataDir).length > 0;
}

function unknownFormats<T extends AgentSources>(
  { problem, value }: PackEntry<T>,
  formatsOf: (config: T) => FormatTable,
): readonly PackProblem[] {
  const named = KINDS.flatMap((kind) =>
    value[kind].flatMap(({ format }, index) =>
      format === undefined ? [] : [{ format, index, kind }],
    ),
  );
  if (named.length === 0) return [];
  const formats = formatsOf(value);
  return named.flatMap(({ format, index, kind }) =>
    formats.only(format)
      ? []
      : [problem(`${kind}.${index}.format: is no format that is known`, [kind, index, 'format'])],
  );
}

function isNamePattern(text: string): boolean {
  try {
    namePattern(text);
    return true;
  } catch {
    // What is wrong with it is said where it stands.
    return false;
  }
}
