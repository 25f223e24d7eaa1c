/** Flags as values of their types; what is none is a `Failure` `bad_value`, exit code 2. */
import { Failure } from '@tendril/model/failure';
import type { FlagValues } from './command.ts';

export function textFlag(flags: FlagValues, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}

export function isSet(flags: FlagValues, name: string): boolean {
  return flags[name] === true;
}

export function textFlags(flags: FlagValues, name: string): readonly string[] {
  const value = flags[name];
  return Array.isArray(value) ? value.map(String) : [];
}

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

export function countFlag(
  flags: FlagValues,
  name: string,
  { min, max }: Bounds,
): number | undefined {
  const text = textFlag(flags, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw badValue(`--${name}`, text, `${min}…${max}`);
}

export function badValue(flag: string, value: string, expects: string): Failure {
  return new Failure({
    code: 'bad_value',
    detail: `${flag} must be ${expects}, not "${value}"`,
    params: { flag, value, expects },
  });
}

export function badUsage(detail: string): Failure {
  return new Failure({ code: 'bad_usage', detail });
}
