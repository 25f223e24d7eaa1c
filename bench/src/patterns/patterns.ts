/**
 * How well and how fast lines are sorted into patterns: `npm run bench -- patterns DIR`.
 *
 * Grouping accuracy as the literature has it: a line counts when its group is exactly the group that
 * people put it into, no line more and none less. Ids and aliases come from the code that ingest and
 * the learning job run, with one configuration for all sets. Times are processor time.
 */
import { ByteSource } from '@tendril/columns/byte-store';
import { learnAliases } from '@tendril/intake/patterns/learn-aliases';
import { idText } from '@tendril/intake/patterns/pattern-id';
import { PatternScanner } from '@tendril/intake/patterns/pattern-scanner';
import { TEMPLATES } from '@tendril/testkit/load/vocabulary';
import type { Benchmark } from '../benchmark.ts';
import { table } from '../statistics.ts';
import { readLabelledSets, type LabelledSet } from './labelled-set.ts';

const ROUNDS = 30;
const SPEED_LINES = 10_000;

export const patterns: Benchmark = {
  name: 'patterns',
  summary: 'Grouping accuracy over a folder of labelled sets (loghub layout), and ns per line',
  options: {},
  operand: 'DIR',
  run: ({ DIR: folder = '' }) => {
    const sets = folder === '' ? [] : readLabelledSets(folder);
    const scores = sets.map(accuracyOf);
    const rows = sets.map(({ name, lines, groups }, index) => [
      name,
      String(lines.length),
      String(new Set(groups).size),
      String(new Set(groupsOf(lines)).size),
      (scores[index] ?? 0).toFixed(3),
      nsPerLine(lines).toFixed(0),
    ]);
    const load = loadLines();
    rows.push(['(load)', String(load.length), '', '', '', nsPerLine(load).toFixed(0)]);
    const header = ['set', 'lines', 'templates', 'patterns', 'accuracy', 'ns/line'];
    process.stdout.write(`${table([header, ...rows])}\n`);
    if (scores.length > 0) {
      const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
      process.stdout.write(`mean ${mean.toFixed(3)}, least ${Math.min(...scores).toFixed(3)}\n`);
    }
    return Promise.resolve();
  },
};

/** The pattern of each line, as a reader would be told after learning. */
function groupsOf(lines: readonly string[]): string[] {
  const scanner = new PatternScanner();
  const ids = lines.map((line) => {
    scanner.scanText(line);
    return { patternId: idText(scanner.pattern), skeletonId: idText(scanner.skeleton) };
  });
  const seen = new Map<string, { skeletonId: string; count: number; slots: readonly string[] }>();
  for (const [index, { patternId, skeletonId }] of ids.entries()) {
    const known = seen.get(patternId);
    if (known) known.count += 1;
    else {
      const { slots } = scanner.describe(lines[index] ?? '');
      seen.set(patternId, { skeletonId, count: 1, slots });
    }
  }
  const aliases = learnAliases(seen.values());
  const groupOf = new Map(aliases.map(({ skeletonId, groupId }) => [skeletonId, groupId]));
  return ids.map(({ patternId, skeletonId }) => groupOf.get(skeletonId) ?? patternId);
}

function accuracyOf({ lines, groups }: LabelledSet): number {
  const found = groupsOf(lines);
  const membersOf = Map.groupBy(lines.keys(), (line) => found[line] ?? '');
  const sizeOf = Map.groupBy(groups, (group) => group);
  let right = 0;
  for (const members of membersOf.values()) {
    const labels = new Set(members.map((line) => groups[line] ?? ''));
    const [label = ''] = labels;
    if (labels.size === 1 && sizeOf.get(label)?.length === members.length) right += members.length;
  }
  return right / lines.length;
}

/** Of the fastest round: what else runs on the machine makes rounds slower, never faster. */
function nsPerLine(lines: readonly string[]): number {
  const scanner = new PatternScanner();
  const encoded = lines.map((line) => Buffer.from(line));
  const source = new ByteSource(Buffer.concat(encoded));
  const ends: number[] = [];
  for (const { length } of encoded) ends.push((ends.at(-1) ?? 0) + length);
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    let start = 0;
    for (const end of ends) {
      scanner.scan(source, start, end);
      start = end;
    }
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, ((user + system) * 1000) / lines.length);
  }
  return best;
}

// The bodies that the ingest benchmark sends.
function loadLines(): string[] {
  return Array.from({ length: SPEED_LINES }, (_, index) =>
    (TEMPLATES[index % TEMPLATES.length] ?? '')
      .replaceAll('{n}', String(100_000 + ((index * 7919) % 900_000)))
      .replaceAll('{h}', ((index * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0')),
  );
}
