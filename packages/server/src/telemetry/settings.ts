/** Settings of Tendril's own telemetry. */
import { section, setting, type SettingsOf } from '@tendril/config/settings';
import { boolean } from '@tendril/config/value-type';

export interface TelemetryConfig {
  readonly 'telemetry.self': boolean;
}

export const TELEMETRY_SETTINGS: SettingsOf<TelemetryConfig> = section('telemetry', {
  self: setting(
    boolean,
    false,
    "Keep the server's own log and its traces (of API requests, engine queries, inserts and jobs) in its own store, as the service `tendril`.",
  ),
});
