/** All receivers: a new one is a folder and a line in each of these. */
import type { SettingsOf } from '@tendril/config/settings';
import type { OtlpDependencies } from './otlp/otlp-dependencies.ts';
import { startOtlpReceiver } from './otlp/otlp-receiver.ts';
import { OTLP_SETTINGS, type OtlpConfig } from './otlp/settings.ts';
import type { ListenAddress, Receiver } from './receiver.ts';

export interface ReceiversConfig extends OtlpConfig {}

export const RECEIVER_SETTINGS: SettingsOf<ReceiversConfig> = { ...OTLP_SETTINGS };

/** What receivers are built from, whatever their protocol. */
export type ReceiverDependencies = Omit<OtlpDependencies, 'corsOrigins'>;

export interface ReceiverDefinition {
  readonly name: string;
  /** Undefined when it is turned off. */
  listen(config: ReceiversConfig): ListenAddress | undefined;
  start(
    address: ListenAddress,
    config: ReceiversConfig,
    dependencies: ReceiverDependencies,
  ): Promise<Receiver>;
}

export const RECEIVERS: readonly ReceiverDefinition[] = [
  otlpReceiver('otlp-http'),
  otlpReceiver('otlp-grpc'),
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
