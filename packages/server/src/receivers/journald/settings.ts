/** Settings of the receiver for systemd-journal-upload. */
import { setting, type SettingsOf } from '@tendril/config/settings';
import { addressOrMain, optional, type AddressOrMain } from '@tendril/config/value-type';

export interface JournaldConfig {
  readonly 'receivers.journald.listen': AddressOrMain | undefined;
}

export const JOURNALD_SETTINGS: SettingsOf<JournaldConfig> = {
  'receivers.journald.listen': setting(
    optional(addressOrMain),
    undefined,
    'systemd-journal-upload, usually `:19532`; `main` is `/journald` on the main port.',
  ),
};
