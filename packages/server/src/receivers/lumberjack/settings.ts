/** Settings of the receiver for Beats and Logstash. */
import type { SettingsOf } from '@tendril/config/settings';
import { streamSettings, type StreamConfig } from '../stream-settings.ts';

export interface LumberjackConfig extends StreamConfig<'lumberjack'> {}

export const LUMBERJACK_SETTINGS: SettingsOf<LumberjackConfig> = streamSettings(
  'lumberjack',
  'Beats and Logstash by the Lumberjack protocol, usually `:5044`.',
);
