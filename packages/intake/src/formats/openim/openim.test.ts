/** Records written as the loggers of all generations write them are read as what was logged. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ParsedLine } from '../../format.ts';
import { withoutColours } from '../../join/colours.ts';
import { UTC } from '../../zone.ts';
import { OPENIM_JSON } from './openim-json.ts';
import { OPENIM } from './openim.ts';

const CONTEXT = { zone: UTC, asOfNs: 0n };

interface Logged {
  readonly date: Date;
  readonly level: string;
  readonly pid: number;
  readonly module: string;
  readonly version: string;
  readonly caller: string;
  readonly message: string;
  readonly fields: readonly (readonly [string, string | number | boolean])[];
}

/** Go's `%-Ns`, cut where it is longer. */
function padded(text: string, length: number): string {
  return text.length > length ? text.slice(0, length) : text.padEnd(length);
}

/** How a generation of the logger prints its columns. */
interface Generation {
  readonly widths: { readonly pid: number; readonly module: number; readonly caller: number };
  readonly messageWidth: number;
  readonly version: (version: string) => string | undefined;
  readonly colour: boolean;
}

const PADDED = { widths: { pid: 15, module: 25, caller: 50 }, messageWidth: 50, colour: true };
const GENERATIONS: Readonly<Record<string, Generation>> = {
  '3.2': {
    widths: { pid: 0, module: 0, caller: 0 },
    messageWidth: 0,
    colour: true,
    version: () => undefined,
  },
  '3.8.0': { ...PADDED, version: (version) => padded(`[version:${version}]`, 17) },
  '3.8.2': { ...PADDED, version: (version) => padded(`[${version}]`, 30) },
  '3.8.3': { ...PADDED, version: (version) => padded(`[${version}\n]`, 30) },
  'without colours': { ...PADDED, colour: false, version: (version) => padded(`[${version}]`, 30) },
};

function plainLine(logged: Logged, { widths, messageWidth, version, colour }: Generation): string {
  const column = (text: string, width: number): string => (width > 0 ? padded(text, width) : text);
  const paint = (text: string): string => (colour ? `\u001b[34m${text}\u001b[0m` : text);
  const columns = [
    timeText(logged.date),
    paint(logged.level),
    paint(column(`[PID:${logged.pid}]`, widths.pid)),
    ...(logged.module === '' ? [] : [paint(column(logged.module, widths.module))]),
    version(logged.version),
    column(`[${logged.caller}]`, widths.caller),
    logged.message.padEnd(messageWidth),
    consoleJson(logged.fields),
  ];
  return columns.filter((text) => text !== undefined).join('\t');
}

function timeText(date: Date): string {
  return date.toISOString().replace('T', ' ').replace('Z', '');
}

/** zap's console encoder puts blanks after commas and colons; undefined when there are no fields. */
function consoleJson(fields: Logged['fields']): string | undefined {
  if (fields.length === 0) return undefined;
  const pairs = fields.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{${pairs.join(', ')}}`;
}

function jsonLine({ date, level, pid, module, version, caller, message, fields }: Logged): string {
  const head = {
    level,
    time: timeText(date),
    ...(module === '' ? {} : { logger: module }),
    caller,
  };
  const pairs = [
    ...Object.entries({ ...head, msg: message.padEnd(50), PID: pid, version }),
    ...fields,
  ];
  const text = pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  return `{${text.join(',')}}`;
}

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);
const text = fc
  .string({ unit: 'grapheme', maxLength: 60 })
  .map((value) => value.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' '));
const scalar = fc.oneof(
  text,
  fc.integer(),
  fc.boolean(),
  fc
    .double({ noNaN: true, min: -1e15, max: 1e15 })
    .map((value) => (Object.is(value, -0) ? 0 : value)),
);
const key = fc.oneof(
  fc.constantFrom(
    'operationID',
    'opUserID',
    'connID',
    'msg',
    'time',
    'level',
    'chan length',
    'args',
  ),
  text.filter((name) => name !== '' && name !== 'error' && name !== 'err' && name !== 'r'),
);
const logged: fc.Arbitrary<Logged> = fc.record({
  date: fc.date({ min: new Date(0), max: new Date('2261-12-31'), noInvalidDate: true }),
  level: fc.constantFrom('DEBUG', 'INFO', 'WARN', 'ERROR'),
  pid: fc.integer({ min: -1, max: 4_194_304 }),
  module: fc.oneof(fc.constant(''), word),
  version: fc.stringMatching(/^v?\d\.\d{1,2}\.\d(?:-patch\.\d{1,2})?$/),
  caller: fc
    .tuple(word, word, fc.integer({ min: 1, max: 9999 }))
    .map(([folder, file, line]) => `${folder}/${file}.go:${line}`),
  message: text.map((value) => value.trim()).filter((value) => value !== ''),
  fields: fc.uniqueArray(fc.tuple(key, scalar), { selector: ([name]) => name, maxLength: 12 }),
});

/** What a column of that width still shows. */
function shown(textOfColumn: string, width: number): string {
  return width > 0 ? textOfColumn.slice(0, width) : textOfColumn;
}

function expectRead(parsed: ParsedLine | undefined, record: Logged, seen: Partial<Logged>): void {
  const { level, message, module, caller, version } = { ...record, ...seen };
  expect(parsed?.severityText).toBe(level);
  expect(parsed?.timeNs).toBe(BigInt(record.date.getTime()) * 1_000_000n);
  expect(parsed?.body).toBe(message);
  expect(parsed?.resource?.get('process.pid')).toBe(record.pid);
  expect(parsed?.resource?.get('service.name')).toBe(module === '' ? undefined : module);
  expect(parsed?.resource?.get('service.version')).toBe(version === '' ? undefined : version);
  expect(parsed?.attributes.get('code.caller')).toBe(caller);
  for (const [name, value] of record.fields) {
    expect(parsed?.attributes.get(name)).toBe(value);
  }
}

describe.each(Object.entries(GENERATIONS))('text of %s', (_name, generation) => {
  test('is read as what was logged', () => {
    fc.assert(
      fc.property(logged, (record) => {
        const line = withoutColours(plainLine(record, generation));
        const { widths } = generation;
        expectRead(OPENIM.parse(line, CONTEXT), record, {
          module: shown(record.module, widths.module),
          caller: shown(`[${record.caller}]`, widths.caller).slice(1).replace(/\]$/, ''),
          version: (generation.version(record.version) ?? '').replaceAll(
            /^\[(?:version:)?|\s*\]?\s*$/g,
            '',
          ),
        });
      }),
    );
  });
});

describe('JSON', () => {
  test('is read as what was logged', () => {
    fc.assert(
      fc.property(logged, (record) => {
        expectRead(OPENIM_JSON.parse(jsonLine(record), CONTEXT), record, {});
      }),
    );
  });
});

test('text and JSON of one program are read the same, in whatever order they come', () => {
  fc.assert(
    fc.property(logged, (record) => {
      const line = plainLine(record, { ...PADDED, colour: false, version: () => undefined });
      for (const each of [
        OPENIM_JSON.parse(jsonLine(record), CONTEXT),
        OPENIM.parse(line, CONTEXT),
      ])
        for (const [name, value] of record.fields) expect(each?.attributes.get(name)).toBe(value);
    }),
  );
});
