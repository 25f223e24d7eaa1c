/** All receivers: a new one is a folder and a line in each of these. */
import type { SettingsOf } from '@tendril/config/settings';
import type { AddressOrMain } from '@tendril/config/value-type';
import { startDatagramReceiver, type StoreDatagrams } from './datagram-receiver.ts';
import { elasticProtocol } from './elastic/elastic-http.ts';
import { ELASTIC_SETTINGS, type ElasticConfig } from './elastic/settings.ts';
import { serveFluent } from './fluent/fluent-receiver.ts';
import { FLUENT_SETTINGS, type FluentConfig } from './fluent/settings.ts';
import { serveGelf, storeGelf } from './gelf/gelf-receiver.ts';
import { GELF_SETTINGS, type GelfConfig } from './gelf/settings.ts';
import { startHttpReceiver, type HttpProtocol } from './http-receiver.ts';
import { jaegerProtocol } from './jaeger/jaeger-http.ts';
import { JAEGER_SETTINGS, type JaegerConfig } from './jaeger/settings.ts';
import { journaldProtocol } from './journald/journald-http.ts';
import { JOURNALD_SETTINGS, type JournaldConfig } from './journald/settings.ts';
import { lokiProtocol } from './loki/loki-http.ts';
import { LOKI_SETTINGS, type LokiConfig } from './loki/settings.ts';
import { serveLumberjack } from './lumberjack/lumberjack-receiver.ts';
import { LUMBERJACK_SETTINGS, type LumberjackConfig } from './lumberjack/settings.ts';
import { startOtlpReceiver } from './otlp/otlp-receiver.ts';
import { OTLP_SETTINGS, type OtlpConfig } from './otlp/settings.ts';
import { peerGate } from './peer-gate.ts';
import type { ReceiverDependencies } from './receiver-dependencies.ts';
import type { ListenAddress, Receiver } from './receiver.ts';
import { startStreamReceiver, type StreamConnection } from './stream-receiver.ts';
import { SYSLOG_SETTINGS, type SyslogConfig } from './syslog/settings.ts';
import { serveSyslog, storeSyslog } from './syslog/syslog-receiver.ts';
import { readTlsFiles } from './tls-files.ts';
import { ZIPKIN_SETTINGS, type ZipkinConfig } from './zipkin/settings.ts';
import { zipkinProtocol } from './zipkin/zipkin-http.ts';

export interface ReceiversConfig
  extends
    OtlpConfig,
    ElasticConfig,
    LokiConfig,
    LumberjackConfig,
    SyslogConfig,
    FluentConfig,
    GelfConfig,
    JournaldConfig,
    ZipkinConfig,
    JaegerConfig {}

export const RECEIVER_SETTINGS: SettingsOf<ReceiversConfig> = {
  ...OTLP_SETTINGS,
  ...ELASTIC_SETTINGS,
  ...LOKI_SETTINGS,
  ...LUMBERJACK_SETTINGS,
  ...FLUENT_SETTINGS,
  ...GELF_SETTINGS,
  ...JOURNALD_SETTINGS,
  ...SYSLOG_SETTINGS,
  ...ZIPKIN_SETTINGS,
  ...JAEGER_SETTINGS,
};

export interface ReceiverDefinition {
  readonly name: string;
  /** Its protocol carries tokens, so that loopback without any token is open. */
  readonly takesTokens: boolean;
  /** Undefined when it is turned off. */
  listen(config: ReceiversConfig): AddressOrMain | undefined;
  start(
    address: ListenAddress,
    config: ReceiversConfig,
    dependencies: ReceiverDependencies,
  ): Promise<Receiver>;
  /** For those that can be a path of the main port. */
  readonly mount?: {
    readonly path: string;
    protocol(dependencies: ReceiverDependencies): HttpProtocol;
  };
}

export const RECEIVERS: readonly ReceiverDefinition[] = [
  otlpReceiver('otlp-http'),
  otlpReceiver('otlp-grpc'),
  httpReceiver('elastic', '/elastic', elasticProtocol),
  httpReceiver('loki', '/loki', lokiProtocol),
  datagramReceiver('syslog-udp', storeSyslog),
  streamReceiver('syslog-tcp', serveSyslog),
  streamReceiver('syslog-tls', serveSyslog, { needsTls: true }),
  streamReceiver('lumberjack', serveLumberjack),
  streamReceiver(
    'fluent',
    async (connection, dependencies, _name, config) =>
      serveFluent(connection, dependencies, config['receivers.fluent.sharedKey']),
    { isAuthenticated: (config) => config['receivers.fluent.sharedKey'] !== undefined },
  ),
  streamReceiver('gelf-tcp', serveGelf),
  datagramReceiver('gelf-udp', storeGelf),
  httpReceiver('journald', '/journald', journaldProtocol),
  httpReceiver('zipkin', '/zipkin', zipkinProtocol),
  {
    name: 'jaeger-query',
    takesTokens: true,
    listen: (config) => config['receivers.jaeger-query.listen'],
    start: async (address, _config, dependencies) =>
      startHttpReceiver({
        name: 'jaeger-query',
        address,
        protocol: jaegerProtocol(dependencies),
      }),
  },
];

type DatagramName = 'syslog-udp' | 'gelf-udp';

/** Makes what stores the batches of one receiver; it may remember parts of messages. */
type MakeStore = (dependencies: ReceiverDependencies, name: DatagramName) => StoreDatagrams;

function datagramReceiver(name: DatagramName, makeStore: MakeStore): ReceiverDefinition {
  return {
    name,
    takesTokens: false,
    listen: (config) => config[`receivers.${name}.listen`],
    start: async (address, config, dependencies) => {
      const allowFrom = config[`receivers.${name}.allowFrom`];
      const { host } = address;
      const { pipeline, warn } = dependencies;
      const gate = peerGate({ name, host, allowFrom, isAuthenticated: false });
      const store = makeStore(dependencies, name);
      return startDatagramReceiver({ name, address, gate, pipeline, store, warn });
    },
  };
}

type StreamName = 'syslog-tcp' | 'syslog-tls' | 'lumberjack' | 'fluent' | 'gelf-tcp';

function streamReceiver(
  name: StreamName,
  serve: ServeStream,
  { needsTls = false, isAuthenticated }: StreamTraits = {},
): ReceiverDefinition {
  return {
    name,
    takesTokens: false,
    listen: (config) => config[`receivers.${name}.listen`],
    start: async (address, config, dependencies) => {
      const tls = await readTlsFiles(name, {
        certificateFile: config[`receivers.${name}.certificateFile`],
        keyFile: config[`receivers.${name}.keyFile`],
        clientCaFile: config[`receivers.${name}.clientCaFile`],
        isNeeded: needsTls,
      });
      const gate = peerGate({
        name,
        host: address.host,
        allowFrom: config[`receivers.${name}.allowFrom`],
        isAuthenticated: tls?.clientCa !== undefined || isAuthenticated?.(config) === true,
      });
      const { warn } = dependencies;
      const serveOne = async (connection: StreamConnection): Promise<void> =>
        serve(connection, dependencies, name, config);
      return startStreamReceiver({ name, address, tls, gate, serve: serveOne, warn });
    },
  };
}

type ServeStream = (
  connection: StreamConnection,
  dependencies: ReceiverDependencies,
  name: StreamName,
  config: ReceiversConfig,
) => Promise<void>;

interface StreamTraits {
  readonly needsTls?: boolean;
  /** By a secret of the protocol. */
  readonly isAuthenticated?: (config: ReceiversConfig) => boolean;
}

function otlpReceiver(name: 'otlp-http' | 'otlp-grpc'): ReceiverDefinition {
  return {
    name,
    takesTokens: true,
    listen: (config) => config[`receivers.${name}.listen`],
    start: async (address, config, dependencies) => {
      const corsOrigins = config['receivers.otlp-http.corsOrigins'];
      return startOtlpReceiver(name, address, { ...dependencies, corsOrigins });
    },
  };
}

function httpReceiver(
  name: 'elastic' | 'loki' | 'journald' | 'zipkin',
  path: string,
  protocol: (dependencies: ReceiverDependencies) => HttpProtocol,
): ReceiverDefinition {
  return {
    name,
    takesTokens: true,
    listen: (config) => config[`receivers.${name}.listen`],
    start: async (address, _config, dependencies) =>
      startHttpReceiver({ name, address, protocol: protocol(dependencies) }),
    mount: { path, protocol },
  };
}
