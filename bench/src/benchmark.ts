/** One benchmark: `npm run bench -- NAME [options]`. Results go to stdout, progress to stderr. */
export interface Benchmark {
  readonly name: string;
  readonly summary: string;
  /** Options as `--name value`, with their defaults. */
  readonly options: Readonly<Record<string, string>>;
  /** Name of the option that may be given without its name. */
  readonly operand?: string;
  run(options: Readonly<Record<string, string>>): Promise<void>;
}

export function numberOption(options: Readonly<Record<string, string>>, name: string): number {
  const value = Number(options[name]);
  if (!Number.isFinite(value))
    throw new Error(`--${name} must be a number, not "${options[name] ?? ''}"`);
  return value;
}
