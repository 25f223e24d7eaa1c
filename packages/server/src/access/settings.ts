/** Settings of access. */
import { section, setting, type SettingsOf } from '@tendril/config/settings';
import { list, optional, path } from '@tendril/config/value-type';

export interface AccessConfig {
  readonly 'access.tokensFile': string | undefined;
  readonly 'access.allowedHosts': readonly string[];
  readonly 'access.allowedOrigins': readonly string[];
}

export const ACCESS_SETTINGS: SettingsOf<AccessConfig> = section('access', {
  tokensFile: setting(optional(path), undefined, 'File with the first access tokens.'),
  allowedHosts: setting(
    list,
    [],
    'Names beside localhost under which browsers may reach the server.',
  ),
  allowedOrigins: setting(list, [], 'Origins beside our own whose pages may write.'),
});
