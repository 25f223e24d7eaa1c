/** All receivers: a new one is a folder and a line in each of these. */
import type { SettingsOf } from '@tendril/config/settings';
import type { AddressOrMain } from '@tendril/config/value-type';
import { elasticProtocol } from './elastic/elastic-http.ts';
import { ELASTIC_SETTINGS, type ElasticConfig } from './elastic/settings.ts';
import { startHttpReceiver, type HttpProtocol } from './http-receiver.ts';
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
import { serveSyslog, startSyslogUdp } from './syslog/syslog-receiver.ts';
import { readTlsFiles } from './tls-files.ts';

export interface ReceiversConfig
  extends OtlpConfig, ElasticConfig, LokiConfig, LumberjackConfig, SyslogConfig {}

export const RECEIVER_SETTINGS: SettingsOf<ReceiversConfig> = {
  ...OTLP_SETTINGS,
  ...ELASTIC_SETTINGS,
  ...LOKI_SETTINGS,
  ...LUMBERJACK_SETTINGS,
  ...SYSLOG_SETTINGS,
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
  {
    name: 'syslog-udp',
    takesTokens: false,
    listen: (config) => config['receivers.syslog-udp.listen'],
    start: async (address, config, dependencies) =>
      startSyslogUdp(address, config['receivers.syslog-udp.allowFrom'], dependencies),
  },
  streamReceiver('syslog-tcp', serveSyslog),
  streamReceiver('syslog-tls', serveSyslog, { needsTls: true }),
  streamReceiver('lumberjack', serveLumberjack),
];

type StreamName = 'syslog-tcp' | 'syslog-tls' | 'lumberjack';

function streamReceiver(
  name: StreamName,
  serve: ServeStream,
  { needsTls = false }: { readonly needsTls?: boolean } = {},
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
        isAuthenticated: tls?.clientCa !== undefined,
      });
      const { warn } = dependencies;
      const serveOne = async (connection: StreamConnection): Promise<void> =>
        serve(connection, dependencies, name);
      return startStreamReceiver({ name, address, tls, gate, serve: serveOne, warn });
    },
  };
}

type ServeStream = (
  connection: StreamConnection,
  dependencies: ReceiverDependencies,
  name: StreamName,
) => Promise<void>;

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
  name: 'elastic' | 'loki',
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
