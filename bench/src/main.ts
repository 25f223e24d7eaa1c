/** `npm run bench -- NAME [--option value]`: runs one benchmark and prints what it measured. */
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { messageOf } from '@tendril/model/failure';
import { BENCHMARKS } from './registry.ts';

const [name, ...rest] = process.argv.slice(2);
const benchmark = BENCHMARKS.find((candidate) => candidate.name === name);
if (benchmark === undefined) {
  const list = BENCHMARKS.map(
    (each) => `  ${each.name.padEnd(14)} ${each.summary}\n${optionsOf(each)}`,
  );
  process.stderr.write(`npm run bench -- NAME [--option value]\n\n${list.join('\n')}\n`);
  process.exit(name === undefined || name === '--help' ? 0 : 2);
}
if (rest.includes('--help')) {
  const { operand = '', summary } = benchmark;
  const usage = ['npm run bench --', benchmark.name, operand.toUpperCase(), '[--option value]'];
  process.stdout.write(
    `${usage.filter(Boolean).join(' ')}\n\n  ${summary}\n\n${optionsOf(benchmark)}\n`,
  );
  process.exit(0);
}
const options = Object.fromEntries(
  Object.entries(benchmark.options).map(([key, value]) => [
    key,
    { type: 'string' as const, default: value },
  ]),
);
const { operand } = benchmark;
const allowPositionals = operand !== undefined;
const { values, positionals } = parsed();
if (operand !== undefined) values[operand] = positionals[0] ?? '';
process.stdout.write(
  `machine   ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}\n` +
    `command   npm run bench -- ${process.argv.slice(2).join(' ')}\n`,
);
await benchmark.run(values);

// What was mistyped is said in a line, with where the options are listed.
function parsed(): ReturnType<typeof parseOptions> {
  try {
    return parseOptions();
  } catch (error) {
    process.stderr.write(
      `${messageOf(error)}\nnpm run bench -- ${name ?? ''} --help lists the options\n`,
    );
    process.exit(2);
  }
}

function parseOptions(): {
  readonly values: Record<string, string>;
  readonly positionals: readonly string[];
} {
  const { values: given, positionals: operands } = parseArgs({
    args: rest,
    options,
    allowPositionals,
  });
  return { values: Object.fromEntries(Object.entries(given)), positionals: operands };
}

function optionsOf({ options: defaults }: (typeof BENCHMARKS)[number]): string {
  return Object.entries(defaults)
    .map(([key, value]) => `                 --${key} ${value || '""'}`)
    .join('\n');
}
