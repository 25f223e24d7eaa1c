/** Settings of the receiver for Loki's push API. */
import { setting, type SettingsOf } from '@tendril/config/settings';
import { addressOrMain, optional, type AddressOrMain } from '@tendril/config/value-type';

export interface LokiConfig {
  readonly 'receivers.loki.listen': AddressOrMain | undefined;
}

export const LOKI_SETTINGS: SettingsOf<LokiConfig> = {
  'receivers.loki.listen': setting(
    optional(addressOrMain),
    undefined,
    "Loki's push API for Promtail, Alloy and others, usually `:3100`; `main` is `/loki` on the main port.",
  ),
};
