/**
 * Every setting of the server: the components' sections, composed. Loaded once at start into one
 * frozen object; nothing else reads files or variables for configuration.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { section, setting, type SettingsOf } from '@tendril/config/settings';
import {
  address,
  boolean,
  byteSize,
  integer,
  list,
  number,
  oneOf,
  optional,
  port,
  secret,
  text,
  type Address,
} from '@tendril/config/value-type';
import { DEFAULT_LIMITS, type Limits } from '@tendril/model/limits';
import { DEFAULT_PIPELINE_LIMITS } from '../pipeline/pipeline-limits.ts';

type LimitsConfig = { readonly [Name in keyof Limits as `limits.${Name}`]: number };

/** What the server gets: every setting, checked, under its dotted key. */
export interface ServerConfig extends LimitsConfig {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly serverId: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly 'engine.url': string | undefined;
  readonly 'engine.readUser': string | undefined;
  readonly 'engine.readPassword': string | undefined;
  readonly 'engine.memoryBytesMax': number | undefined;
  readonly 'receivers.otlp-http.listen': Address | undefined;
  readonly 'receivers.otlp-http.corsOrigins': readonly string[];
  readonly 'receivers.otlp-grpc.listen': Address | undefined;
  readonly 'access.tokensFile': string | undefined;
  readonly 'access.allowedHosts': readonly string[];
  readonly 'access.allowedOrigins': readonly string[];
  readonly 'retention.days': number;
  readonly 'retention.diskShareMax': number;
  readonly 'redaction.enabled': boolean;
  readonly 'redaction.messageContent': 'keep' | 'length';
  readonly 'redaction.keyFile': string | undefined;
  readonly 'wal.bytesMax': number;
  readonly 'disk.usedShareMax': number;
  readonly 'disk.freeBytesMin': number;
}

const KIB = 1024;
const MIB: number = 1024 * KIB;
const GIB: number = 1024 * MIB;
const TIB: number = 1024 * GIB;

const general = {
  dataDir: setting(text, join(homedir(), '.tendril'), 'Where everything is kept.'),
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
};

const engine = section('engine', {
  url: setting(
    optional(secret),
    undefined,
    'An external ClickHouse instead of the embedded one: http or https, user and password in it.',
  ),
  readUser: setting(optional(text), undefined, 'User of an external ClickHouse for queries.'),
  readPassword: setting(optional(secret), undefined, 'Password of that user.'),
  memoryBytesMax: setting(
    optional(byteSize({ min: 512 * MIB, max: TIB })),
    undefined,
    'Memory of the embedded engine; a quarter of the machine, 768 MiB to 4 GiB, unless set.',
  ),
});

const otlp = setting<Address | undefined>(optional(address), undefined, '');
const receivers = {
  'receivers.otlp-http.listen': {
    ...otlp,
    default: { host: '127.0.0.1', port: 4318 },
    doc: 'OTLP over HTTP (gRPC is taken there too); an empty value turns it off.',
  },
  'receivers.otlp-grpc.listen': {
    ...otlp,
    default: { host: '127.0.0.1', port: 4317 },
    doc: 'OTLP over gRPC (HTTP is taken there too); an empty value turns it off.',
  },
  'receivers.otlp-http.corsOrigins': setting(
    list,
    [],
    'Origins whose browsers may send; `*` for all.',
  ),
};

const access = section('access', {
  tokensFile: setting(optional(text), undefined, 'File with the first access tokens.'),
  allowedHosts: setting(
    list,
    [],
    'Names beside localhost under which browsers may reach the server.',
  ),
  allowedOrigins: setting(list, [], 'Origins beside our own whose pages may write.'),
});

const limits = section('limits', {
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

const wal = section('wal', {
  bytesMax: setting(
    byteSize({ min: 16 * MIB, max: 16 * TIB }),
    DEFAULT_PIPELINE_LIMITS.walBytesMax,
    'Records on disk that the engine does not have yet; past it senders are told to wait.',
  ),
});

const disk = section('disk', {
  usedShareMax: setting(
    number({ min: 0.1, max: 1 }),
    DEFAULT_PIPELINE_LIMITS.disk.usedFractionMax,
    'Share of the file system in use past which senders are told to wait.',
  ),
  freeBytesMin: setting(
    byteSize({ min: MIB, max: 16 * TIB }),
    DEFAULT_PIPELINE_LIMITS.disk.freeBytesMin,
    'Free space below which senders are told to wait.',
  ),
});

const retention = section('retention', {
  days: setting(
    integer({ min: 1, max: 36_500 }),
    30,
    'Days that records are kept, counted from when they were received.',
  ),
  diskShareMax: setting(
    number({ min: 0.01, max: 1 }),
    0.7,
    'Share of the disk that the tables may take; past it the oldest days go.',
  ),
});

const redaction = section('redaction', {
  enabled: setting(boolean, true, 'Replace secrets before anything is written.'),
  messageContent: setting(
    oneOf('keep', 'length'),
    'keep',
    'What becomes of the text people write to each other: kept, or only its length.',
  ),
  keyFile: setting(
    optional(text),
    undefined,
    'Key of the marks that stand for secrets (64 hex digits); agents and servers that share it mark alike. Made in the data directory unless set.',
  ),
});

export const SERVER_SETTINGS: SettingsOf<ServerConfig> = {
  ...general,
  ...engine,
  ...receivers,
  ...access,
  ...retention,
  ...redaction,
  ...wal,
  ...disk,
  ...limits,
};
