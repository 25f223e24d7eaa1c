/** Settings of the receiver for Zipkin's reporters. */
import { setting, type SettingsOf } from '@tendril/config/settings';
import { addressOrMain, optional, type AddressOrMain } from '@tendril/config/value-type';

export interface ZipkinConfig {
  readonly 'receivers.zipkin.listen': AddressOrMain | undefined;
}

export const ZIPKIN_SETTINGS: SettingsOf<ZipkinConfig> = {
  'receivers.zipkin.listen': setting(
    optional(addressOrMain),
    undefined,
    "Zipkin's reporters (`/api/v2/spans`, JSON or protobuf), usually `:9411`; `main` is `/zipkin` on the main port.",
  ),
};
