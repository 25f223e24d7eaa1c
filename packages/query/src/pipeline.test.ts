import { printSql, sql } from '@tendril/sql/sql';
import { goldenActuals } from '@tendril/testkit/golden';
import { queryArbitrary } from '@tendril/testkit/random-query';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { PIPES_MAX, parsePipeline, printPipeline } from './pipeline.ts';
import { outputList, planQuery, type Plan } from './plan.ts';
import { PIPES } from './pipes/registry.ts';
import { printQuery } from './print.ts';
import { QueryFailure } from './query-failure.ts';
import { TEST_CONTEXT } from './testing/test-context.ts';

describe('a query with pipes', () => {
  const cases = goldenActuals(new URL('../testdata/pipes.txt', import.meta.url), (text) => {
    const pipeline = parsePipeline(text);
    return `${printPipeline(pipeline)}\n\n${drawPlan(planQuery(pipeline, TEST_CONTEXT))}`;
  });
  test.each(cases)('$name', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });

  test.each(cases)('is printed so that it means the same: $name', ({ input }) => {
    const pipeline = parsePipeline(input);
    const printed = printPipeline(pipeline);
    expect(printPipeline(parsePipeline(printed))).toBe(printed);
    expect(drawPlan(planQuery(parsePipeline(printed), TEST_CONTEXT))).toBe(
      drawPlan(planQuery(pipeline, TEST_CONTEXT)),
    );
  });

  const rolled = goldenActuals(new URL('../testdata/rolled.txt', import.meta.url), (text) => {
    const plan = planQuery(parsePipeline(text), TEST_CONTEXT);
    const steps = { middle: sql`STEPS`, edges: [sql`BEGIN`, sql`END`] };
    return plan.kind === 'table' ? printSql(plan.statement({ whole: sql`RANGE`, steps })) : '';
  });
  test.each(rolled)('is counted from the roll-up: $name', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });

  test('without pipes is what stands in front of them', () => {
    fc.assert(
      fc.property(queryArbitrary(), (node) => {
        const text = printQuery(node);
        expect(printPipeline(parsePipeline(`${text} | limit 5`))).toBe(
          `${printPipeline(parsePipeline(text))} | limit 5`,
        );
      }),
    );
  });

  test('never fails but with a QueryFailure inside the text, whatever it is given', () => {
    const unit = fc.constantFrom(
      ...'ab()"*,<>:+-/%0159 连'.split(''),
      ...PIPES.map(({ name }) => ` | ${name} `),
      'count()',
      'p95(',
      'by ',
      'as ',
      'if (',
      'timestamp',
      'service',
      '5m',
      '"<a>"',
      'before ',
    );
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        const failure = failureOf(`* | ${text}`);
        if (!failure) return;
        const { start, end } = failure.position;
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(end).toBeLessThanOrEqual(text.length + 4);
      }),
      { numRuns: 3_000 },
    );
  });

  test('has as many pipes as are allowed', () => {
    const text = (count: number): string => `*${' | limit 5'.repeat(count)}`;
    expect(parsePipeline(text(PIPES_MAX)).pipes).toHaveLength(PIPES_MAX);
    expect(() => parsePipeline(text(PIPES_MAX + 1))).toThrow('more than 32 pipes');
  });

  test.each(PIPES.flatMap(({ examples }) => examples))('can be $query', ({ query }) => {
    expect(() => parsePipeline(query)).not.toThrow();
  });
});

function drawPlan(plan: Plan): string {
  const range = { whole: sql`RANGE` };
  if (plan.kind === 'table') {
    return `table of ${JSON.stringify(plan.columns)}\n${printSql(plan.statement(range))}`;
  }
  const { columns, added, definitions, condition, ordered, limit, around } = plan;
  return [
    `records${limit === undefined ? '' : `, ${limit} of them`}${around ? ` around ${JSON.stringify(around)}` : ''}`,
    ...added.map((each) => `added ${JSON.stringify(each.column)}: ${printSql(each.sql)}`),
    ...(columns ? [`columns ${JSON.stringify(columns.map((each) => each.column))}`] : []),
    printSql(
      ordered
        ? sql`${definitions}SELECT ${outputList(columns ?? added)}\n${ordered(range)}`
        : sql`${definitions}SELECT ${outputList(columns ?? added)} WHERE ${condition}`,
    ),
  ].join('\n');
}

function failureOf(text: string): QueryFailure | undefined {
  try {
    planQuery(parsePipeline(text), TEST_CONTEXT);
    return undefined;
  } catch (error) {
    if (error instanceof QueryFailure) return error;
    throw error;
  }
}
