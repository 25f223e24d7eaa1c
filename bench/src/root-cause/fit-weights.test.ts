import { confidences } from '@tendril/chains/score';
import { describe, expect, test } from 'vitest';
import { fitWeights, type Example } from './fit-weights.ts';

const failed = { isWell: 0, isRefused: 0, isSlow: 0, isIncomplete: 0 };
const well = { ...failed, isWell: 1 };

/** Whoever erred first did it, whoever was merely blamed did not; where all went well nobody did. */
const EXAMPLES: readonly Example[] = [
  {
    group: 'a',
    suspects: [{ first_wrong: 1 }, { blamed: 1 }],
    outcome: 'failed',
    right: 0,
  },
  {
    group: 'b',
    suspects: [{ blamed: 1, own_error: 1 }, { first_wrong: 1, own_error: 1 }, {}],
    outcome: 'failed',
    right: 1,
  },
  { group: 'healthy', suspects: [{ own_warning: 1 }, {}], outcome: 'ok', right: -1 },
];

describe('fitWeights', () => {
  test('learns what tells the right one from the others', () => {
    const weights = fitWeights(EXAMPLES);
    const suspects = [{ blamed: 1 }, { first_wrong: 1 }];
    const [blamed = 0, first = 0] = confidences({ suspects, none: failed }, weights);
    expect(first).toBeGreaterThan(0.7);
    expect(blamed).toBeLessThan(0.2);
  });

  test('learns when it was none of them', () => {
    const weights = fitWeights(EXAMPLES);
    const [first = 0] = confidences({ suspects: [{}], none: well }, weights);
    expect(first).toBeLessThan(0.3);
  });

  test('gives the same weights for the same examples', () => {
    expect(fitWeights(EXAMPLES)).toEqual(fitWeights(EXAMPLES));
  });
});
