/** Settings of the receivers for GELF. */
import type { SettingsOf } from '@tendril/config/settings';
import {
  datagramSettings,
  streamSettings,
  type DatagramConfig,
  type StreamConfig,
} from '../stream-settings.ts';

export interface GelfConfig extends DatagramConfig<'gelf-udp'>, StreamConfig<'gelf-tcp'> {}

export const GELF_SETTINGS: SettingsOf<GelfConfig> = {
  ...datagramSettings('gelf-udp', 'GELF over UDP, usually `:12201`.'),
  ...streamSettings('gelf-tcp', 'GELF over TCP, usually `:12201`.'),
};
