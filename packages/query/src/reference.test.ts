import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { FILTER_SYNTAX } from './filter-reference.ts';
import { parsePipeline } from './pipeline.ts';
import { languageReference } from './reference.ts';

const PAGES = {
  en: new URL('../../../docs/query-language.md', import.meta.url),
  zh: new URL('../../../docs/query-language.zh-CN.md', import.meta.url),
} as const;

describe('the reference page', () => {
  test.each(['en', 'zh'] as const)('is up to date (%s)', (language) => {
    const page = languageReference(language);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(PAGES[language], page);
    expect(readFileSync(PAGES[language], 'utf8')).toBe(page);
  });

  test.each(FILTER_SYNTAX.map(({ example }) => example))(
    'has a query that is right: %s',
    (text) => {
      expect(() => parsePipeline(text)).not.toThrow();
    },
  );
});
