/** The reference page of the language, in both languages. Generated from the definitions, never typed. */
import { LOG_FIELDS } from '@tendril/model/fields';

import { FILTER_SYNTAX } from './filter-reference.ts';
import { AGGREGATE_FUNCTIONS } from './pipes/aggregates.ts';
import { MATH_FUNCTIONS } from './pipes/math.ts';
import type { Bilingual, PipeDefinition } from './pipes/pipe.ts';
import { PIPES } from './pipes/registry.ts';

export type PageLanguage = keyof Bilingual;

const WORDS = {
  title: { en: 'Query language', zh: '查询语言' },
  generated: {
    en: 'This page is generated from the code. [中文](query-language.zh-CN.md)',
    zh: '本页由代码生成。[English](query-language.md)',
  },
  intro: {
    en: 'A query is conditions, as in KQL, and then pipes: `level:error | stats count() by service.name`. An empty query and `*` mean all records.',
    zh: '查询由条件（同 KQL）和管道组成：`level:error | stats count() by service.name`。空查询和 `*` 表示全部日志。',
  },
  conditions: { en: 'Conditions', zh: '条件' },
  write: { en: 'write', zh: '写法' },
  meaning: { en: 'meaning', zh: '含义' },
  escape: {
    en: 'Outside quotes `\\ ( ) : < > " * { } |` and the words `and`, `or`, `not` are escaped with `\\`; in quotes only `"`, `\\` and `*`.',
    zh: '在引号外，`\\ ( ) : < > " * { } |` 以及单词 `and`、`or`、`not` 用 `\\` 转义；在引号内只需转义 `"`、`\\` 和 `*`。',
  },
  fields: { en: 'Fields', zh: '字段' },
  fieldsIntro: {
    en: 'Beside these, every attribute and resource attribute is a field under its own name.',
    zh: '除此之外，每个属性和资源属性都是以其自身名称命名的字段。',
  },
  name: { en: 'name', zh: '名称' },
  alsoCalled: { en: 'also', zh: '别名' },
  label: { en: 'what it is', zh: '说明' },
  pipes: { en: 'Pipes', zh: '管道' },
  alias: { en: 'Also written', zh: '也可写作' },
  functions: { en: 'Functions', zh: '函数' },
} as const satisfies Readonly<Record<string, Bilingual>>;

export function languageReference(language: PageLanguage): string {
  const say = (word: keyof typeof WORDS): string => WORDS[word][language];
  const sections = [
    `# ${say('title')}`,
    say('generated'),
    say('intro'),
    `## ${say('conditions')}`,
    table(
      [say('write'), say('meaning')],
      FILTER_SYNTAX.map(({ example, says }) => [code(example), says[language]]),
    ),
    say('escape'),
    `## ${say('pipes')}`,
    ...PIPES.map((pipe) => pipeSection(pipe, language)),
    `## ${say('fields')}`,
    say('fieldsIntro'),
    table(
      [say('name'), say('alsoCalled'), say('label')],
      LOG_FIELDS.map(({ name, aliases, label }) => [
        code(name),
        aliases.map(code).join(' '),
        label[language],
      ]),
    ),
  ];
  return `${sections.join('\n\n')}\n`;
}

function pipeSection(pipe: PipeDefinition, language: PageLanguage): string {
  const { name, syntax, aliases, summary, details, examples } = pipe;
  const also = aliases.map((alias) => `\`| ${alias}\``).join(', ');
  return [
    `### ${name}`,
    `    | ${name} ${syntax}`,
    summary[language] + (also === '' ? '' : ` ${WORDS.alias[language]}: ${also}.`),
    ...details.map((detail) => detail[language]),
    ...functionTable(name, language),
    table(
      [WORDS.write[language], WORDS.meaning[language]],
      examples.map(({ query, says }) => [code(query), says[language]]),
    ),
  ].join('\n\n');
}

function functionTable(pipe: string, language: PageLanguage): readonly string[] {
  const functions = FUNCTIONS.get(pipe);
  if (!functions) return [];
  return [
    table(
      [WORDS.functions[language], WORDS.meaning[language]],
      functions.map(({ names, says }) => [names.map(code).join(' '), says[language]]),
    ),
  ];
}

interface DescribedFunction {
  readonly names: readonly string[];
  readonly says: Bilingual;
}

const FUNCTIONS: ReadonlyMap<string, readonly DescribedFunction[]> = new Map([
  [
    'stats',
    AGGREGATE_FUNCTIONS.map(({ name, aliases, says }) => ({ names: [name, ...aliases], says })),
  ],
  ['math', MATH_FUNCTIONS.map(({ name, says }) => ({ names: [name], says }))],
]);

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A bar would end the cell of a table. */
function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
