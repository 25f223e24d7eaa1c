/** Settings of the receivers for syslog. */
import type { SettingsOf } from '@tendril/config/settings';
import {
  datagramSettings,
  streamSettings,
  type DatagramConfig,
  type StreamConfig,
} from '../stream-settings.ts';

export interface SyslogConfig
  extends DatagramConfig<'syslog-udp'>, StreamConfig<'syslog-tcp'>, StreamConfig<'syslog-tls'> {}

export const SYSLOG_SETTINGS: SettingsOf<SyslogConfig> = {
  ...datagramSettings('syslog-udp', 'Syslog over UDP, usually `:5514`.'),
  ...streamSettings('syslog-tcp', 'Syslog over TCP, usually `:5514`.'),
  ...streamSettings('syslog-tls', 'Syslog over TLS, usually `:6514`; needs a certificate.'),
};
