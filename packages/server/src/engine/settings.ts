/** Settings of the engine. */
import { section, setting, type SettingsOf } from '@tendril/config/settings';
import { byteSize, optional, secret, text } from '@tendril/config/value-type';

export interface EngineConfig {
  readonly 'engine.url': string | undefined;
  readonly 'engine.readUser': string | undefined;
  readonly 'engine.readPassword': string | undefined;
  readonly 'engine.memoryBytesMax': number | undefined;
}

const MIB = 1024 * 1024;
const TIB: number = 1024 * 1024 * MIB;

export const ENGINE_SETTINGS: SettingsOf<EngineConfig> = section('engine', {
  url: setting(
    optional(secret),
    undefined,
    'An external ClickHouse instead of the embedded one: http or https, user and password in it.',
  ),
  readUser: setting(optional(text), undefined, 'User of an external ClickHouse for queries.'),
  readPassword: setting(optional(secret), undefined, 'Password of that user.'),
  memoryBytesMax: setting(
    optional(byteSize({ min: 512 * MIB, max: TIB })),
    undefined,
    'Memory of the embedded engine; a quarter of the machine, 768 MiB to 4 GiB, unless set.',
  ),
});
