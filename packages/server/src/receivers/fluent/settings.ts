/** Settings of the receiver for Fluent's forward protocol. */
import { setting, type SettingsOf } from '@tendril/config/settings';
import { optional, secret } from '@tendril/config/value-type';
import { streamSettings, type StreamConfig } from '../stream-settings.ts';

export interface FluentConfig extends StreamConfig<'fluent'> {
  readonly 'receivers.fluent.sharedKey': string | undefined;
}

export const FLUENT_SETTINGS: SettingsOf<FluentConfig> = {
  ...streamSettings(
    'fluent',
    'Fluentd, Fluent Bit and Docker by the forward protocol, usually `:24224`.',
  ),
  'receivers.fluent.sharedKey': setting(
    optional(secret),
    undefined,
    'Key that senders must know (`shared_key` of Fluentd).',
  ),
};
