/**
 * How a shipper is pointed at Tendril: a few lines of its own configuration. Data, so that the documentation
 * and the page that helps people to add data show the same lines.
 */
import type { Language } from '../language.ts';

export interface ShipperSetup {
  /** In links. */
  readonly id: string;
  readonly name: string;
  /** The receiver that has to be on; `otlp-http` and `ndjson` are from the start. */
  readonly receiver: string;
  /** As the shipper calls it. */
  readonly file: string;
  readonly syntax: 'yaml' | 'ini' | 'toml' | 'hcl' | 'ruby' | 'shell' | 'json' | 'conf';
  /** With the placeholders `HOST`, `PORT` and `TOKEN`. */
  readonly text: string;
  readonly note: Readonly<Record<Language, string>>;
  /**
   * `peer`: this program runs against Tendril in the tests or was run by hand. `protocol`: other clients of the same
   * protocol do.
   */
  readonly tried: 'peer' | 'protocol';
}

export interface ShipperAddress {
  readonly host: string;
  readonly port: number;
  /** Of scope `ingest`; a server that is open to its machine needs none. */
  readonly token: string;
}

/** The lines with an address in them. */
export function setupText({ text }: ShipperSetup, { host, port, token }: ShipperAddress): string {
  return text.replaceAll('HOST', host).replaceAll('PORT', String(port)).replaceAll('TOKEN', token);
}

/** Where each receiver usually listens, and the flag of `tendril up` that turns it on. */
export const RECEIVER_PORTS: Readonly<
  Record<string, { readonly port: number; readonly flag: string }>
> = {
  'otlp-http': { port: 4318, flag: '' },
  ndjson: { port: 7700, flag: '' },
  elastic: { port: 9200, flag: '--receiver elastic=:9200' },
  loki: { port: 3100, flag: '--receiver loki=:3100' },
  lumberjack: { port: 5044, flag: '--receiver lumberjack=:5044' },
  'syslog-tcp': { port: 5514, flag: '--receiver syslog-tcp=:5514' },
  fluent: { port: 24224, flag: '--receiver fluent=:24224' },
  'gelf-udp': { port: 12201, flag: '--receiver gelf-udp=:12201' },
  journald: { port: 19532, flag: '--receiver journald=:19532' },
};
