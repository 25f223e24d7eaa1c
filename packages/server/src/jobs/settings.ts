/** Settings of background work. */
import { section, setting, type SettingsOf } from '@tendril/config/settings';
import { integer, number } from '@tendril/config/value-type';

export interface RetentionConfig {
  readonly 'retention.days': number;
  readonly 'retention.diskShareMax': number;
}

export const RETENTION_SETTINGS: SettingsOf<RetentionConfig> = section('retention', {
  days: setting(
    // The engine counts in a DateTime, which ends in 2106: past it everything would be overdue.
    integer({ min: 1, max: 20_000 }),
    30,
    'Days that records are kept, counted from when they were received.',
  ),
  diskShareMax: setting(
    number({ min: 0.01, max: 1 }),
    0.7,
    'Share of the disk that the tables may take; past it the oldest days go.',
  ),
});
