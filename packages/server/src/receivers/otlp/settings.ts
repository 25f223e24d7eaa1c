/** Settings of the receivers for OTLP. */
import { setting, type SettingsOf } from '@tendril/config/settings';
import { address, list, optional, type Address } from '@tendril/config/value-type';

export interface OtlpConfig {
  readonly 'receivers.otlp-http.listen': Address | undefined;
  readonly 'receivers.otlp-http.corsOrigins': readonly string[];
  readonly 'receivers.otlp-grpc.listen': Address | undefined;
}

export const OTLP_SETTINGS: SettingsOf<OtlpConfig> = {
  'receivers.otlp-http.listen': setting(
    optional(address),
    { host: '127.0.0.1', port: 4318 },
    'OTLP over HTTP (gRPC is taken there too); an empty value turns it off.',
  ),
  'receivers.otlp-http.corsOrigins': setting(
    list,
    [],
    'Origins whose browsers may send; `*` for all.',
  ),
  'receivers.otlp-grpc.listen': setting(
    optional(address),
    { host: '127.0.0.1', port: 4317 },
    'OTLP over gRPC (HTTP is taken there too); an empty value turns it off.',
  ),
};
