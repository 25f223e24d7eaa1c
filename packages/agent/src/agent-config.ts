/** What the agent is told to do: a YAML file. Everything wrong with it is said at once, with its line. */
import { hostname } from 'node:os';
import type { FormatTable } from '@tendril/intake/format-table';
import { formatsWith, loadPacks, problemText } from '@tendril/intake/packs/load-packs';
import { ownPacks } from '@tendril/intake/packs/pack-folder';
import { readEntry, type PackEntry, type PackProblem } from '@tendril/intake/packs/yaml-file';
import { zoneOf } from '@tendril/intake/zone';
import { Failure } from '@tendril/model/failure';
import { z } from 'zod';

export interface FileSourceConfig {
  /** Globs; a folder means all in it and below. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Of files that are there when the agent starts for the first time. */
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

export interface AgentConfig {
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
  readonly files: readonly FileSourceConfig[];
}

const NAMES = z.array(z.string().min(1));

const FILE_SOURCE: z.ZodType<FileSourceConfig> = z.strictObject({
  include: NAMES.min(1),
  exclude: NAMES.default([]),
  start: z.enum(['beginning', 'end']).default('beginning'),
  service: z.string().optional(),
  environment: z.string().optional(),
  format: z.string().optional(),
  zone: z
    .string()
    .refine((name) => zoneOf(name) !== undefined, { message: 'is no time zone' })
    .optional(),
  resource: z.record(z.string(), z.string()).default({}),
});

const AGENT: z.ZodType<AgentConfig> = z.strictObject({
  server: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:4318'),
  token: z.string().min(1).optional(),
  dataDir: z.string().min(1),
  bufferMegabytes: z.int().min(8).max(1_000_000).default(1024),
  host: z.string().min(1).default(hostname()),
  redactionKeyFile: z.string().min(1).optional(),
  packs: z.string().min(1).optional(),
  files: z.array(FILE_SOURCE).min(1),
});

/** Throws `Failure` `agent_config` that says what is wrong and where. */
export function readAgentConfig(path: string): AgentConfig {
  const { entries, problems } = readEntry(path, AGENT);
  const [entry] = entries;
  const wrong = entry && problems.length === 0 ? unknownFormats(entry) : problems;
  if (entry && wrong.length === 0) return entry.value;
  const problem = wrong.map(problemText).join('; ');
  throw new Failure({ code: 'agent_config', detail: problem, params: { path, problem } });
}

/** Those of Tendril, of its packs and of the user's. Throws a `Failure` when something is wrong with a pack. */
export function agentFormats({ packs, dataDir }: AgentConfig): FormatTable {
  return formatsWith(loadPacks({ folders: ownPacks(packs, dataDir), sections: ['formats'] }));
}

function unknownFormats({ value, problem }: PackEntry<AgentConfig>): readonly PackProblem[] {
  if (value.files.every(({ format }) => format === undefined)) return [];
  const formats = agentFormats(value);
  return value.files.flatMap(({ format }, index) =>
    format === undefined || formats.only(format)
      ? []
      : [problem(`files.${index}.format: is no format that is known`, ['files', index, 'format'])],
  );
}
