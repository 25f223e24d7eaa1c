/**
 * Settings: a table of keys with type, default and one sentence each. Every component exports its
 * section; the server composes them, loads them once, and everything else gets values.
 */
import type { ValueType } from './value-type.ts';

export interface Setting<T> {
  readonly type: ValueType<T>;
  readonly default: T;
  /** One sentence, for the reference page and `--help`. */
  readonly doc: string;
}

/** Keys are dotted paths as in `tendril.yaml`: `retention.days`. */
// The values' types differ, and variance forbids `unknown` here.
// oxlint-disable-next-line typescript/no-explicit-any
export type Settings = Readonly<Record<string, Setting<any>>>;

export type ValuesOf<S extends Settings> = {
  readonly [Key in keyof S]: S[Key] extends Setting<infer T> ? T : never;
};

/** The table for a configuration whose type is written out. */
export type SettingsOf<C> = { readonly [Key in keyof C]-?: Setting<C[Key]> };

export function setting<T>(type: ValueType<T>, value: NoInfer<T>, doc: string): Setting<T> {
  return { type, default: value, doc };
}

/** A component's section under its own name. */
export function section<const Prefix extends string, S extends Settings>(
  prefix: Prefix,
  settings: S,
): { readonly [Key in keyof S & string as `${Prefix}.${Key}`]: S[Key] } {
  const entries = Object.entries(settings).map(([key, value]) => [`${prefix}.${key}`, value]);
  return Object.fromEntries(entries) as {
    readonly [Key in keyof S & string as `${Prefix}.${Key}`]: S[Key];
  };
}

/** `retention.days` → `TENDRIL_RETENTION_DAYS`; `dataDir` → `TENDRIL_DATA_DIR`. */
export function environmentName(key: string): string {
  return `TENDRIL_${kebab(key).replaceAll('-', '_').toUpperCase()}`;
}

/** `retention.days` → `retention-days`; `dataDir` → `data-dir`. */
export function flagName(key: string): string {
  return kebab(key);
}

function kebab(key: string): string {
  return key
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('.', '-')
    .toLowerCase();
}
