import { goldenActuals } from '@tendril/testkit/golden';
import { describe, expect, test } from 'vitest';

import { parsePipeline } from './pipeline.ts';
import { planQuery } from './plan.ts';
import { QueryFailure, drawQueryFailure } from './query-failure.ts';
import { TEST_CONTEXT } from './testing/test-context.ts';

describe('what is wrong with a query', () => {
  const cases = goldenActuals(new URL('../testdata/errors.txt', import.meta.url), explain);
  test.each(cases)('$name', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });

  test('has its parts as values', () => {
    const failure = new QueryFailure({
      code: 'query_syntax',
      detail: 'd',
      position: { start: 1, end: 2 },
    });
    expect(failure).toMatchObject({
      code: 'query_syntax',
      message: 'd',
      hint: '',
      expected: [],
      position: { start: 1, end: 2 },
    });
  });
});

function explain(text: string): string {
  try {
    planQuery(parsePipeline(text), TEST_CONTEXT);
    return 'nothing is wrong';
  } catch (error) {
    if (!(error instanceof QueryFailure)) throw error;
    const { code, expected } = error;
    const drawn = drawQueryFailure(text, error);
    return [code, drawn, ...(expected.length > 0 ? [`expected: ${expected.join(', ')}`] : [])].join(
      '\n',
    );
  }
}
