/**
 * Every setting of the server: the components' sections, composed. Loaded once at start into one
 * frozen object; nothing else reads files or variables for configuration.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { section, setting, type SettingsOf } from '@tendril/config/settings';
import {
  boolean,
  byteSize,
  integer,
  oneOf,
  optional,
  path,
  port,
  text,
} from '@tendril/config/value-type';
import { DEFAULT_LIMITS, type Limits } from '@tendril/model/limits';
import { ACCESS_SETTINGS, type AccessConfig } from '../access/settings.ts';
import { CANARY_SETTINGS, type CanaryConfig } from '../canary/settings.ts';
import { ENGINE_SETTINGS, type EngineConfig } from '../engine/settings.ts';
import { RETENTION_SETTINGS, type RetentionConfig } from '../jobs/settings.ts';
import { PIPELINE_SETTINGS, type PipelineConfig } from '../pipeline/settings.ts';
import { TELEMETRY_SETTINGS, type TelemetryConfig } from '../telemetry/settings.ts';
import { RECEIVER_SETTINGS, type ReceiversConfig } from '../receivers/registry.ts';

interface GeneralConfig {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly serverId: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly packs: string | undefined;
  readonly sources: string | undefined;
}

interface RedactionConfig {
  readonly 'redaction.enabled': boolean;
  readonly 'redaction.messageContent': 'keep' | 'length';
  readonly 'redaction.keyFile': string | undefined;
}

type LimitsConfig = { readonly [Name in keyof Limits as `limits.${Name}`]: number };

/** What the server gets: every setting, checked, under its dotted key. */
export interface ServerConfig
  extends
    GeneralConfig,
    RedactionConfig,
    LimitsConfig,
    AccessConfig,
    CanaryConfig,
    EngineConfig,
    PipelineConfig,
    ReceiversConfig,
    RetentionConfig,
    TelemetryConfig {}

const KIB = 1024;
const MIB: number = 1024 * KIB;
const GIB: number = 1024 * MIB;

const GENERAL: SettingsOf<GeneralConfig> = {
  dataDir: setting(path, join(homedir(), '.tendril'), 'Where everything is kept.'),
  host: setting(
    text,
    '127.0.0.1',
    'Address of the main port; anything but loopback needs a token.',
  ),
  port: setting(port, 7700, 'Main port: API and pages. 0 picks a free one.'),
  serverId: setting(
    integer({ min: 0, max: 255 }),
    0,
    'Number of this server among those that share a database; part of every record id.',
  ),
  logLevel: setting(
    oneOf('debug', 'info', 'warn', 'error'),
    'info',
    "How much the server's own log says.",
  ),
  packs: setting(
    optional(path),
    undefined,
    'Folder of packs of your own, beside those that come with Tendril; `packs` in the data directory when it is there.',
  ),
  sources: setting(
    optional(path),
    undefined,
    'What this server collects itself: a file with `files`, `journald`, `docker` and `kubernetes`, as an agent has them.',
  ),
};

const REDACTION: SettingsOf<RedactionConfig> = section('redaction', {
  enabled: setting(boolean, true, 'Replace secrets before anything is written.'),
  messageContent: setting(
    oneOf('keep', 'length'),
    'keep',
    'What becomes of the text people write to each other: kept, or only its length.',
  ),
  keyFile: setting(
    optional(path),
    undefined,
    'Key of the marks that stand for secrets (64 hex digits); agents and servers that share it mark alike. Made in the data directory unless set.',
  ),
});

const LIMITS: SettingsOf<LimitsConfig> = section('limits', {
  requestBytesMax: setting(
    byteSize({ min: 64 * KIB, max: GIB }),
    DEFAULT_LIMITS.requestBytesMax,
    'Of one request, as sent and after decompression.',
  ),
  requestRecordsMax: setting(
    integer({ min: 1, max: 10_000_000 }),
    DEFAULT_LIMITS.requestRecordsMax,
    'Records of one request.',
  ),
  nestingDepthMax: setting(
    integer({ min: 4, max: 512 }),
    DEFAULT_LIMITS.nestingDepthMax,
    'Depth of JSON and of attribute values.',
  ),
  recordAttributesMax: setting(
    integer({ min: 1, max: 65_536 }),
    DEFAULT_LIMITS.recordAttributesMax,
    'Attributes of one record; more are left out and counted.',
  ),
  keyBytesMax: setting(
    byteSize({ min: 64, max: 64 * KIB }),
    DEFAULT_LIMITS.keyBytesMax,
    'Of an attribute key.',
  ),
  valueBytesMax: setting(
    byteSize({ min: KIB, max: 64 * MIB }),
    DEFAULT_LIMITS.valueBytesMax,
    'Of a value or body; longer ones are cut, marked and counted.',
  ),
  attributePathsMax: setting(
    integer({ min: 16, max: 1024 }),
    DEFAULT_LIMITS.attributePathsMax,
    'Attribute keys with a column of their own; the rest shares one.',
  ),
  queryTextBytesMax: setting(
    byteSize({ min: KIB, max: MIB }),
    DEFAULT_LIMITS.queryTextBytesMax,
    'Of a query.',
  ),
  queryClausesMax: setting(
    integer({ min: 1, max: 100_000 }),
    DEFAULT_LIMITS.queryClausesMax,
    'Conditions in a query.',
  ),
  tailSubscribersMax: setting(
    integer({ min: 1, max: 10_000 }),
    DEFAULT_LIMITS.tailSubscribersMax,
    'Live tails at once.',
  ),
});

export const SERVER_SETTINGS: SettingsOf<ServerConfig> = {
  ...GENERAL,
  ...ENGINE_SETTINGS,
  ...RECEIVER_SETTINGS,
  ...CANARY_SETTINGS,
  ...TELEMETRY_SETTINGS,
  ...ACCESS_SETTINGS,
  ...RETENTION_SETTINGS,
  ...REDACTION,
  ...PIPELINE_SETTINGS,
  ...LIMITS,
};
