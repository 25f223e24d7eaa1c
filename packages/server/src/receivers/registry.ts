/** All receivers: a new one is a folder and a line in each of these. */
import type { SettingsOf } from '@tendril/config/settings';
import type { AddressOrMain } from '@tendril/config/value-type';
import { elasticProtocol } from './elastic/elastic-http.ts';
import { ELASTIC_SETTINGS, type ElasticConfig } from './elastic/settings.ts';
import { startHttpReceiver, type HttpProtocol } from './http-receiver.ts';
import { startOtlpReceiver } from './otlp/otlp-receiver.ts';
import { OTLP_SETTINGS, type OtlpConfig } from './otlp/settings.ts';
import type { ReceiverDependencies } from './receiver-dependencies.ts';
import type { ListenAddress, Receiver } from './receiver.ts';

export interface ReceiversConfig extends OtlpConfig, ElasticConfig {}

export const RECEIVER_SETTINGS: SettingsOf<ReceiversConfig> = {
  ...OTLP_SETTINGS,
  ...ELASTIC_SETTINGS,
};

export interface ReceiverDefinition {
  readonly name: string;
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
];

function otlpReceiver(name: 'otlp-http' | 'otlp-grpc'): ReceiverDefinition {
  return {
    name,
    listen: (config) => config[`receivers.${name}.listen`],
    start: async (address, config, dependencies) => {
      const corsOrigins = config['receivers.otlp-http.corsOrigins'];
      return startOtlpReceiver(name, address, { ...dependencies, corsOrigins });
    },
  };
}

function httpReceiver(
  name: 'elastic',
  path: string,
  protocol: (dependencies: ReceiverDependencies) => HttpProtocol,
): ReceiverDefinition {
  return {
    name,
    listen: (config) => config[`receivers.${name}.listen`],
    start: async (address, _config, dependencies) =>
      startHttpReceiver({ name, address, protocol: protocol(dependencies) }),
    mount: { path, protocol },
  };
}
