/** Settings of Jaeger's query API. */
import { setting, type SettingsOf } from '@tendril/config/settings';
import { address, optional, type Address } from '@tendril/config/value-type';

export interface JaegerConfig {
  readonly 'receivers.jaeger-query.listen': Address | undefined;
}

export const JAEGER_SETTINGS: SettingsOf<JaegerConfig> = {
  'receivers.jaeger-query.listen': setting(
    optional(address),
    undefined,
    "Answers Jaeger's query API, for Jaeger's pages and Grafana's Jaeger source, usually `:16686`.",
  ),
};
