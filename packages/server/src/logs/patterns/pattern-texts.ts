/**
 * What patterns look like: from the table that writers keep, and where they said nothing (too many at
 * once, or lost with a disk) from a record, whose message gives the same text.
 */
import { z } from 'zod';
import { PatternScanner } from '@tendril/intake/patterns/pattern-scanner';
import { sharedTemplate } from '@tendril/intake/patterns/template';
import type { TimeRange } from '@tendril/model/time-range';
import type { LogReader } from '../log-reader.ts';
import { allRows, type StatementOptions } from '../statement.ts';
import type { PatternGroups } from './pattern-alias.ts';
import { patternBodiesQuery, patternTextsQuery } from './pattern-query.ts';

export interface PatternDescription {
  readonly template: string;
  readonly examples: readonly string[];
}

export interface WantedPatterns {
  /** Of patterns and groups. */
  readonly ids: readonly bigint[];
  readonly groups: PatternGroups;
  /** Where records of them are. */
  readonly range: TimeRange;
}

const EXAMPLES_MAX = 3;
const EXAMPLE_LENGTH_MAX = 1024;
/** Each may be looked for in all records of the range. */
const BODIES_MAX = 200;

const textSchema = z.object({
  patternId: z.string(),
  skeletonId: z.string(),
  template: z.string(),
  skeleton: z.string(),
  slots: z.array(z.string()),
  example: z.string(),
});
type PatternRow = z.infer<typeof textSchema>;

const bodySchema = z.object({ patternId: z.string(), skeletonId: z.string(), body: z.string() });

export async function describePatterns(
  reader: LogReader,
  { ids, groups, range }: WantedPatterns,
  options: StatementOptions,
): Promise<ReadonlyMap<bigint, PatternDescription>> {
  if (ids.length === 0) return new Map();
  const skeletonIds = ids.flatMap((id) => groups.skeletonsOf(id));
  const rows = await allRows(reader.engine, patternTextsQuery(ids, skeletonIds), options);
  const found = describeRows(
    rows.map((row) => textSchema.parse(row)),
    groups,
  );
  const missing = ids.filter((id) => !found.has(id)).slice(0, BODIES_MAX);
  if (missing.length === 0) return found;
  const wanted = [...missing, ...missing.flatMap((id) => groups.skeletonsOf(id))];
  const bodies = await allRows(reader.engine, patternBodiesQuery(range, wanted), options);
  const scanner = new PatternScanner();
  const described = describeRows(
    bodies.map((row) => {
      const { body, patternId, skeletonId } = bodySchema.parse(row);
      const { template, skeleton, slots } = scanner.describe(body);
      const example = body.slice(0, EXAMPLE_LENGTH_MAX);
      return { patternId, skeletonId, template, skeleton, slots, example };
    }),
    groups,
  );
  return new Map([...described, ...found]);
}

/** By the pattern that each belongs to. */
function describeRows(
  rows: readonly (Omit<PatternRow, 'slots'> & { readonly slots: readonly string[] })[],
  groups: PatternGroups,
): Map<bigint, PatternDescription> {
  const members = Map.groupBy(
    rows,
    ({ patternId, skeletonId }) => groups.groupOf(BigInt(skeletonId)) ?? BigInt(patternId),
  );
  const described = new Map<bigint, PatternDescription>();
  for (const [id, of] of members) {
    const [first] = of;
    if (first === undefined) continue;
    const examples = [...new Set(of.map(({ example }) => example))].slice(0, EXAMPLES_MAX);
    const sameSkeleton = of.filter(({ skeletonId }) => skeletonId === first.skeletonId);
    const template =
      of.length === 1
        ? first.template
        : sharedTemplate(
            first.skeleton,
            sameSkeleton.map(({ slots }) => slots),
          );
    described.set(id, { template, examples });
  }
  return described;
}
