/** Secrets of every kind in every wrapping: at least 99.5 % are gone, and what is around them is not. */
import { describe, expect, test } from 'vitest';
import { createRedactor } from './redactor.ts';
import { POSITIVES, type Positive } from './testing/secrets.ts';

const redactor = createRedactor({ key: Buffer.from('site') });

function isHidden({ before, secret, after }: Positive): boolean {
  const redacted = redactor.redactText(before + secret + after);
  return redacted !== undefined && !redacted.includes(secret);
}

function keepsSurroundings({ before, secret, after }: Positive): boolean {
  const redacted = redactor.redactText(before + secret + after) ?? '';
  return redacted.startsWith(before) && redacted.endsWith(after);
}

describe('secrets', () => {
  test('are at least 400, of all kinds', () => {
    expect(POSITIVES.length).toBeGreaterThanOrEqual(400);
  });

  test('are hidden in at least 99.5 % of cases', () => {
    const missed = POSITIVES.filter((positive) => !isHidden(positive));
    expect(missed.slice(0, 20)).toEqual([]);
    expect(missed.length).toBeLessThanOrEqual(POSITIVES.length * 0.005);
  });

  test('are hidden without touching what is around them', () => {
    const harmed = POSITIVES.filter((positive) => !keepsSurroundings(positive));
    expect(harmed.map(({ before, secret, after }) => [before, secret, after])).toEqual([]);
  });

  test('leave nothing to redact behind', () => {
    const again = POSITIVES.map(({ before, secret, after }) => before + secret + after)
      .map((text) => redactor.redactText(text) ?? text)
      .filter((text) => redactor.redactText(text) !== undefined);
    expect(again).toEqual([]);
  });
});
