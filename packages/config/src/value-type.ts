/** Types of configuration values: how a text becomes a value, and what to say when it does not. */
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface ValueType<T> {
  /** What to write, e.g. `a duration such as 30s`. */
  readonly expects: string;
  /** Undefined when the text is not such a value. */
  parse(text: string): T | undefined;
  /** As the reference page shows it. */
  print(value: T): string;
  /** Never shown, not even when it is wrong. */
  readonly isSecret?: boolean;
}

export const text: ValueType<string> = {
  expects: 'a text',
  parse: (value) => value,
  print: (value) => value,
};

/** A path; `~/` is the home directory. */
export const path: ValueType<string> = {
  expects: 'a path',
  parse: (value) => (value.startsWith('~/') ? join(homedir(), value.slice(2)) : value),
  print: (value) =>
    value.startsWith(`${homedir()}/`) ? `~${value.slice(homedir().length)}` : value,
};

/** Printed as dots: for values that must not show. */
export const secret: ValueType<string> = {
  ...text,
  expects: 'a secret',
  print: () => '•••',
  isSecret: true,
};

export const boolean: ValueType<boolean> = {
  expects: 'true or false',
  parse: (value) => ({ true: true, yes: true, false: false, no: false })[value.toLowerCase()],
  print: String,
};

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

export function integer({ min, max }: Bounds): ValueType<number> {
  return {
    expects: `a whole number from ${min} to ${max}`,
    parse: (value) => within(/^-?\d+$/.test(value) ? Number(value) : undefined, { min, max }),
    print: String,
  };
}

export function number({ min, max }: Bounds): ValueType<number> {
  return {
    expects: `a number from ${min} to ${max}`,
    parse: (value) =>
      within(/^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined, { min, max }),
    print: String,
  };
}

const BYTE_UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ['kb', 1e3],
  ['kib', 1024],
  ['mb', 1e6],
  ['mib', 1024 ** 2],
  ['gb', 1e9],
  ['gib', 1024 ** 3],
  ['tb', 1e12],
  ['tib', 1024 ** 4],
]);

/** In bytes. */
export function byteSize({ min, max }: Bounds): ValueType<number> {
  return {
    expects: `a size such as 64MiB, from ${printBytes(min)} to ${printBytes(max)}`,
    parse: (value) => within(quantity(value, BYTE_UNITS), { min, max }),
    print: printBytes,
  };
}

function printBytes(bytes: number): string {
  for (const [unit, size] of [
    ['TiB', 1024 ** 4],
    ['GiB', 1024 ** 3],
    ['MiB', 1024 ** 2],
    ['KiB', 1024],
  ] as const) {
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return String(bytes);
}

const DURATION_UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** In milliseconds. */
export function duration({ min, max }: Bounds): ValueType<number> {
  return {
    expects: `a duration such as 500ms, 30s or 2h, from ${printDuration(min)} to ${printDuration(max)}`,
    parse: (value) => within(quantity(value, DURATION_UNITS), { min, max }),
    print: printDuration,
  };
}

function printDuration(ms: number): string {
  for (const [unit, size] of [...DURATION_UNITS].toReversed()) {
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}

function quantity(value: string, units: ReadonlyMap<string, number>): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(value);
  const unit = units.get(match?.[2]?.toLowerCase() ?? '');
  return match && unit !== undefined ? Number(match[1]) * unit : undefined;
}

function within(value: number | undefined, { min, max }: Bounds): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

const PORT_MAX = 65_535;

/** `host:port`, `[::1]:port`, or `:port`, whose empty host the reader fills in. */
export const address: ValueType<Address> = {
  expects: 'an address such as 127.0.0.1:4318, [::1]:4318 or :4318',
  parse: (value) => {
    const match = /^(?:\[([0-9a-f:.]+)\]|([^:\s[\]]*)):(\d{1,5})$/i.exec(value);
    const port = Number(match?.[3]);
    return match && port <= PORT_MAX ? { host: match[1] ?? match[2] ?? '', port } : undefined;
  },
  print: ({ host, port }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`),
};

/** `main` stands for a path of the main port. */
export type AddressOrMain = Address | 'main';

export const addressOrMain: ValueType<AddressOrMain> = {
  expects: 'main, or an address such as 127.0.0.1:9200, [::1]:9200 or :9200',
  parse: (value) => (value === 'main' ? 'main' : address.parse(value)),
  print: (value) => (value === 'main' ? value : address.print(value)),
};

export const port: ValueType<number> = integer({ min: 0, max: PORT_MAX });

export function oneOf<const T extends string>(...values: readonly T[]): ValueType<T> {
  return {
    expects: `one of ${values.join(', ')}`,
    parse: (value) => values.find((each) => each === value),
    print: (value) => value,
  };
}

/** Texts separated by commas, or a YAML list. */
export const list: ValueType<readonly string[]> = {
  expects: 'texts separated by commas',
  parse: (value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  print: (value) => value.join(', '),
};

/** Networks: `10.0.0.0/8`, `fd00::/8`; an address stands for itself. */
export const cidrs: ValueType<readonly string[]> = {
  expects: 'networks such as 10.0.0.0/8, separated by commas',
  parse: (value) => {
    const items = list.parse(value) ?? [];
    return items.every(isCidr) ? items : undefined;
  },
  print: (value) => list.print(value),
};

function isCidr(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
  );
}

/** A value that may be left out. */
export function optional<T>(type: ValueType<T>): ValueType<T | undefined> {
  return {
    ...type,
    parse: (value) => (value === '' ? undefined : type.parse(value)),
    print: (value) => (value === undefined ? '' : type.print(value)),
  };
}
