/**
 * The examples of formats, read as lines are: through all formats, with each field compared. They are a pack's
 * tests.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import { severityOfNumber } from '@tendril/model/severity';
import type { LineContext, ParsedLine } from '../format.ts';
import { FormatDetector, type FormatTable } from '../format-table.ts';
import { UTC } from '../zone.ts';
import type { FormatExample } from './format-spec.ts';
import type { KnownErrors } from './known-errors.ts';
import type { LoadedError, LoadedFormat } from './load-packs.ts';
import type { PackProblem } from './yaml-file.ts';

/** The end of 2026: examples with dates that have no year are of that year. */
export const EXAMPLE_CONTEXT: LineContext = {
  zone: UTC,
  asOfNs: BigInt(Date.UTC(2026, 11, 31, 23, 59, 59)) * 1_000_000n,
};

/** `table` is the formats with those of the packs. */
export function checkExamples(
  { spec, entry }: LoadedFormat,
  table: FormatTable,
): readonly PackProblem[] {
  return spec.examples.flatMap((example, index) => {
    const reason = mismatch(spec.id, example, table);
    return reason === undefined ? [] : [entry.problem(reason, ['examples', index])];
  });
}

/** The same for known errors: each is found in its examples, and not in what only looks like it. */
export function checkErrorExamples(
  { spec, entry }: LoadedError,
  errors: KnownErrors,
): readonly PackProblem[] {
  const finds = (body: string): boolean =>
    errors
      .match({ body, serviceName: '', attributes: new Map() })
      .some((known) => known.spec === spec);
  const missed = spec.examples.flatMap((text, index) =>
    finds(text) ? [] : [entry.problem('not found in this example', ['examples', index])],
  );
  const wrong = spec.others.flatMap((text, index) =>
    finds(text) ? [entry.problem('found in what is none', ['others', index])] : [],
  );
  return [...missed, ...wrong];
}

function mismatch(id: string, example: FormatExample, table: FormatTable): string | undefined {
  const recognised = new FormatDetector(table).recognise(example.line, EXAMPLE_CONTEXT);
  if (!recognised) return 'no format knows this line';
  const { format, parsed } = recognised;
  if (format.name !== id) return `this line is taken for "${format.name}"`;
  const actual = exampleOf(example.line, parsed);
  const wrong = differing(actual, example);
  if (wrong.length === 0) return undefined;
  const found = wrong.map((name) => `${name}: ${JSON.stringify(actual[name])}`);
  return `${wrong.join(', ')} not as expected; the line gives ${found.join(', ')}`;
}

function differing(
  actual: FormatExample,
  expected: FormatExample,
): readonly (keyof FormatExample)[] {
  const names = Object.keys({ ...actual, ...expected }) as (keyof FormatExample)[];
  return names.filter((name) => {
    // Words of severities are compared where they are given.
    if (name === 'severityText' && expected.severityText === undefined) return false;
    return canonical(actual[name]) !== canonical(expected[name]);
  });
}

/** What a line gives, as a pack would write it down. */
export function exampleOf(line: string, parsed: ParsedLine): FormatExample {
  const severity = severityOfNumber(parsed.severityNumber);
  const resource = plain(parsed.resource ?? []);
  const attributes = plain(parsed.attributes);
  return {
    line,
    ...(parsed.timeNs !== undefined && { time: timeText(parsed.timeNs) }),
    ...(severity && { severity, severityText: parsed.severityText }),
    ...(parsed.body !== line && { body: parsed.body }),
    ...(parsed.scopeName !== '' && { logger: parsed.scopeName }),
    ...(parsed.eventName !== '' && { event: parsed.eventName }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(Object.keys(resource).length > 0 && { resource }),
  };
}

function plain(
  fields: Iterable<readonly [string, AttributeValue]>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...fields].map(([name, value]) => [name, typeof value === 'bigint' ? `${value}` : value]),
  );
}

// RFC 3339 with as many digits of the fraction as the line has.
function timeText(timeNs: bigint): string {
  const seconds = new Date(Number(timeNs / 1_000_000n)).toISOString().slice(0, 19);
  const fraction = String(timeNs % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return fraction === '' ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}

// Order of names says nothing.
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return JSON.stringify(value) ?? '';
  }
  return JSON.stringify(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
