/** Settings that receivers without tokens share. */
import { section, setting, type SettingsOf } from '@tendril/config/settings';
import { address, cidrs, optional, path, type Address } from '@tendril/config/value-type';

interface DatagramSettings {
  readonly listen: Address | undefined;
  readonly allowFrom: readonly string[];
}

interface StreamSettings extends DatagramSettings {
  readonly certificateFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly clientCaFile: string | undefined;
}

type Prefixed<Name extends string, Section> = {
  readonly [Key in keyof Section & string as `receivers.${Name}.${Key}`]: Section[Key];
};

export type DatagramConfig<Name extends string> = Prefixed<Name, DatagramSettings>;
export type StreamConfig<Name extends string> = Prefixed<Name, StreamSettings>;

/** `doc` says what it takes and where it usually listens. */
export function datagramSettings<Name extends string>(
  name: Name,
  doc: string,
): Prefixed<Name, SettingsOf<DatagramSettings>> {
  return section(`receivers.${name}`, datagramSection(doc));
}

export function streamSettings<Name extends string>(
  name: Name,
  doc: string,
): Prefixed<Name, SettingsOf<StreamSettings>> {
  const settings: SettingsOf<StreamSettings> = {
    ...datagramSection(doc),
    certificateFile: setting(
      optional(path),
      undefined,
      'Certificate chain in PEM; with it the receiver speaks TLS.',
    ),
    keyFile: setting(optional(path), undefined, "The certificate's key in PEM."),
    clientCaFile: setting(
      optional(path),
      undefined,
      'Authority in PEM whose certificates clients must have.',
    ),
  };
  return section(`receivers.${name}`, settings);
}

function datagramSection(doc: string): SettingsOf<DatagramSettings> {
  return {
    listen: setting(optional(address), undefined, doc),
    allowFrom: setting(
      cidrs,
      [],
      'Networks and addresses that may send; needed to listen beyond loopback.',
    ),
  };
}
