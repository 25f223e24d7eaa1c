/**
 * Golden files: cases of `# name`, input, `==>`, expected output, separated by blank lines.
 * `UPDATE_GOLDEN=1` rewrites the expectations with what the code gives; review the diff like code.
 */
import { readFileSync, writeFileSync } from 'node:fs';

export interface GoldenCase {
  readonly name: string;
  readonly input: string;
  readonly expected: string;
}

export interface GoldenActual extends GoldenCase {
  readonly actual: string;
}

/** Runs `actualOf` over each case of the file; the caller compares `actual` with `expected`. */
export function goldenActuals(file: URL, actualOf: (input: string) => string): GoldenActual[] {
  const actuals = readGolden(file).map(({ name, input, expected }) => {
    return { name, input, expected, actual: actualOf(input) };
  });
  if (process.env['UPDATE_GOLDEN'] !== '1') return actuals;
  writeFileSync(file, actuals.map(printCase).join('\n'));
  return actuals.map(({ name, input, actual }) => ({ name, input, actual, expected: actual }));
}

/** The cases of a golden file. A line that starts with `# ` outside a case's text begins a case. */
export function readGolden(file: URL): GoldenCase[] {
  const text = readFileSync(file, 'utf8');
  return text
    .split(/^# (?=.*\n)/m)
    .slice(1)
    .map((chunk) => parseCase(chunk, file));
}

const ARROW = '\n\n==>\n\n';

function parseCase(chunk: string, file: URL): GoldenCase {
  const nameEnd = chunk.indexOf('\n');
  const name = chunk.slice(0, nameEnd);
  const rest = chunk.slice(nameEnd + 1).replace(/^\n/, '');
  const arrow = rest.indexOf(ARROW);
  if (arrow < 0)
    throw new Error(`${file.pathname}: case "${name}" has no "==>" between blank lines`);
  return {
    name,
    input: rest.slice(0, arrow),
    expected: rest.slice(arrow + ARROW.length).trimEnd(),
  };
}

function printCase({ name, input, actual }: GoldenActual): string {
  return `# ${name}\n\n${input}${ARROW}${actual.trimEnd()}\n`;
}
