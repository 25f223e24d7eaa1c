/** Settings of the receiver for Elasticsearch's writers. */
import { setting, type SettingsOf } from '@tendril/config/settings';
import { addressOrMain, optional, type AddressOrMain } from '@tendril/config/value-type';

export interface ElasticConfig {
  readonly 'receivers.elastic.listen': AddressOrMain | undefined;
}

export const ELASTIC_SETTINGS: SettingsOf<ElasticConfig> = {
  'receivers.elastic.listen': setting(
    optional(addressOrMain),
    undefined,
    'Elasticsearch `_bulk` for Filebeat, Logstash and others, usually `:9200`; `main` is `/elastic` on the main port.',
  ),
};
