/** Settings of the canary. */
import { section, setting, type SettingsOf } from '@tendril/config/settings';
import { boolean, duration } from '@tendril/config/value-type';

export interface CanaryConfig {
  readonly 'canary.enabled': boolean;
  readonly 'canary.everyMs': number;
}

export const CANARY_SETTINGS: SettingsOf<CanaryConfig> = section('canary', {
  enabled: setting(
    boolean,
    true,
    'Send records of our own through every receiver and look for them; searches of today do not meet them.',
  ),
  everyMs: setting(duration({ min: 1_000, max: 3_600_000 }), 10_000, 'How often.'),
});
