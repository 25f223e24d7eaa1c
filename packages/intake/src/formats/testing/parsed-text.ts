/** What becomes of a line, as golden files print it. Used by tests of formats, those of packs too. */
import { stripVTControlCharacters } from 'node:util';
import type { LineContext, ParsedLine } from '../../format.ts';
import { FormatDetector, type FormatTable, type RecognisedLine } from '../../format-table.ts';
import { UTC, zoneOf } from '../../zone.ts';

/** Goldens are of lines read in Shanghai on 2026-06-03. */
const CONTEXT: LineContext = {
  zone: zoneOf('Asia/Shanghai') ?? UTC,
  asOfNs: BigInt(Date.UTC(2026, 5, 3)) * 1_000_000n,
};

/** As the first line of its source, without its colours. */
export function recognise(table: FormatTable, line: string): RecognisedLine {
  const recognised = new FormatDetector(table).recognise(stripVTControlCharacters(line), CONTEXT);
  if (!recognised) throw new Error('the last format knows every line');
  return recognised;
}

/** One `name: value` line for each thing that the line says. */
export function parsedText(table: FormatTable, line: string): string {
  const { format, parsed } = recognise(table, line);
  const fields = { format: format.name, ...asObject(parsed), timeNs: timeText(parsed.timeNs) };
  const filled = Object.entries(fields).filter(
    ([, value]) => value !== '' && value !== undefined && jsonOf(value) !== '{}',
  );
  return filled.map(([key, value]) => `${key}: ${jsonOf(value)}`).join('\n');
}

function timeText(timeNs: bigint | undefined): string {
  if (timeNs === undefined) return '';
  return `${new Date(Number(timeNs / 1_000_000n)).toISOString()} +${timeNs % 1_000_000n}`;
}

function asObject({ attributes, resource, ...others }: ParsedLine): object {
  return {
    ...others,
    attributes: Object.fromEntries(attributes),
    resource: resource && Object.fromEntries(resource),
  };
}

/** Integers beyond 2^53 end in `n`. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'bigint' ? `${inner}n` : inner,
  );
}
