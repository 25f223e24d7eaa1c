import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';
import { Failure } from '@tendril/model/failure';
import { translatedCodes } from './errors.ts';
import { LANGUAGES, languageOfEnvironment, parseLanguage } from './language.ts';
import { createMessages, MESSAGE_IDS, messageSource, type MessageId } from './messages.ts';
import { PAGE_MESSAGE_IDS, pageMessageSource, type PageMessageId } from './page.ts';
import { ZH_ERRORS } from './zh/errors.ts';

const SOURCES = resolve(import.meta.dirname, '../../');

function argumentsOf(message: string): string[] {
  const ast = new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true }).getAst();
  return [
    ...new Set(
      JSON.stringify(ast)
        .matchAll(/"type":[1-6],"value":"(\w+)"/g)
        .map(([, name = '']) => name),
    ),
  ].toSorted();
}

describe('the catalogue', () => {
  test.each(MESSAGE_IDS)('%s names the same values in every language', (id: MessageId) => {
    const [english, chinese] = LANGUAGES.map((language) =>
      argumentsOf(messageSource(language, id)),
    );
    expect(chinese).toEqual(english);
  });

  test('Chinese is Chinese', () => {
    const untranslated = MESSAGE_IDS.filter(
      (id) =>
        messageSource('zh', id) === messageSource('en', id) &&
        /[a-z]{4} [a-z]/.test(messageSource('en', id)),
    );
    expect(untranslated).toEqual([]);
  });

  test('every failure code of the source has a sentence', () => {
    const codes = sourceFiles(SOURCES).flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/Failure\(\{\s*code: '(\w+)'/g)].map(
        ([, code = '']) => code,
      ),
    );
    const missing = new Set(codes).difference(new Set(translatedCodes('zh')));
    expect([...missing].toSorted()).toEqual([]);
    expect(codes.length).toBeGreaterThan(10);
  });

  test('sentences of failures can be read', () => {
    for (const sentence of Object.values(ZH_ERRORS)) argumentsOf(sentence);
  });
});

describe('the catalogue of the pages', () => {
  test.each(PAGE_MESSAGE_IDS)('%s names the same values in every language', (id: PageMessageId) => {
    const [english, chinese] = LANGUAGES.map((language) =>
      argumentsOf(pageMessageSource(language, id)),
    );
    expect(chinese).toEqual(english);
  });

  test('Chinese is Chinese', () => {
    const untranslated = PAGE_MESSAGE_IDS.filter(
      (id) =>
        pageMessageSource('zh', id) === pageMessageSource('en', id) &&
        /[a-z]{4} [a-z]/.test(pageMessageSource('en', id)),
    );
    expect(untranslated).toEqual([]);
  });

  test('no sentence is left that no page says', () => {
    const source = sourceFiles(join(SOURCES, 'web/src'), /\.tsx?$/)
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const unused = PAGE_MESSAGE_IDS.filter((id) => !source.includes(`'${id}'`));
    expect(unused).toEqual([]);
  });
});

describe('createMessages', () => {
  const failure = {
    code: 'unreachable',
    detail: 'cannot reach x',
    params: { url: 'http://x', reason: 'refused' },
  };

  test('says a failure in the language of the reader', () => {
    expect(createMessages('en').failure(failure)).toBe('cannot reach x');
    expect(createMessages('zh').failure(failure)).toBe('连不上服务器 http://x：refused');
  });

  test('falls back to English for unknown codes and missing params', () => {
    const chinese = createMessages('zh');
    expect(chinese.failure({ ...failure, code: 'of_the_future' })).toBe('cannot reach x');
    expect(chinese.failure({ ...failure, params: {} })).toBe('cannot reach x');
    expect(chinese.failure({ ...failure, code: 'constructor' })).toBe('cannot reach x');
  });

  test('keeps braces and tags of values as they are', () => {
    const detail = '{x} <b>bold</b>';
    expect(createMessages('zh').failure({ code: 'malformed', detail, params: {} })).toBe(
      `内容无法解析：${detail}`,
    );
  });

  test('takes a Failure as it is', () => {
    const thrown = new Failure({ code: 'stopping', detail: 'stopping' });
    expect(
      createMessages('zh').failure({
        code: thrown.code,
        params: thrown.params,
        detail: thrown.message,
      }),
    ).toBe('服务器正在停止');
  });
});

describe('language', () => {
  test.each([
    [{ LANG: 'zh_CN.UTF-8' }, 'zh'],
    [{ LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, 'en'],
    [{ LANG: 'de_DE.UTF-8' }, 'en'],
    [{ LC_MESSAGES: 'zh', LANG: 'en_US' }, 'zh'],
    [{}, 'en'],
  ])('of %j is %s', (environment, language) => {
    expect(languageOfEnvironment(environment)).toBe(language);
  });

  test('is refused when there are no messages in it', () => {
    expect(parseLanguage('fr')).toBeUndefined();
    expect(parseLanguage('zh-CN')).toBe('zh');
    expect(parseLanguage('en')).toBe('en');
  });
});

function sourceFiles(folder: string, name = /\.ts$/): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ['node_modules', 'testdata', 'dist'].includes(entry.name)
        ? []
        : sourceFiles(path, name);
    return name.test(entry.name) && !entry.name.endsWith('.test.ts') ? [path] : [];
  });
}
