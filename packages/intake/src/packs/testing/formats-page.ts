/** The page that lists every known format with a line of it: `docs/formats.md`, in both languages. */
import type { LineFormat, ParsedLine, Specificity } from '../../format.ts';

export type Language = 'en' | 'zh';

/** A format with a line that it knows and what it says. */
export interface ShownFormat {
  readonly format: LineFormat;
  readonly line: string;
  readonly parsed: ParsedLine;
}

interface Words {
  readonly title: string;
  readonly intro: string;
  readonly sections: Readonly<Record<Specificity, string>>;
  readonly read: string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    title: 'Log formats',
    intro: `This page is generated from the code. [中文](formats.zh-CN.md)

Every line is recognised by itself, so files of mixed formats work and no flag is needed. Before that, wrappers are undone
(CRI, Docker, Compose, kubectl, stern, journald, GitHub Actions, Filebeat), colours taken away and lines joined that
belong together. \`tendril parse FILE\` shows what becomes of each line; \`--format NAME\` asks one format alone.

Specific formats are asked before generic ones. A line that none knows is a record with the whole line as its message.

Formats find out when, how severe, what, and by whom. Operation, trace, user, connection, conversation, error code,
caller and duration become fields that are called the same everywhere (\`operationID\`, \`user_id\`, \`error_code\`,
\`duration\` …); everything else is an attribute under the name the line gives it. The line itself is kept as
\`original\`.

\`error.kind\` tells errors apart that servers log alike: \`refusal\` is the answer to a request that may not be
fulfilled (blocked by the peer, token expired, no such group), \`fault\` is something broken, \`noise\` is a logger that
complains about how it is called. The level stays what the source says; \`level >= error and not error.kind:refusal\`
finds what needs somebody.`,
    sections: {
      specific: 'Specific formats',
      generic: 'Generic formats',
      fallback: 'Everything else',
    },
    read: 'Read',
  },
  zh: {
    title: '日志格式',
    intro: `本页由代码生成。[English](formats.md)

每一行都单独识别，所以混合格式的文件也没问题，不需要任何参数。在此之前会先去掉外层包装（CRI、Docker、Compose、kubectl、stern、
journald、GitHub Actions、Filebeat）和颜色，并把属于同一条的多行合并。\`tendril parse FILE\` 查看每一行的解析结果；
\`--format NAME\` 只用一种格式。

专用格式先于通用格式。谁都不认识的行原样保存，整行就是消息。

格式负责找出：何时、多严重、什么事、谁说的。操作 ID、链路、用户、连接、会话、错误码、调用位置和耗时成为统一的字段
（\`operationID\`、\`user_id\`、\`error_code\`、\`duration\` 等）；其余内容以行内原名成为属性。原始行保存在 \`original\`。

\`error.kind\` 区分服务端一律记为错误的记录：\`refusal\` 是对不该满足的请求的正常拒绝（被对方拉黑、令牌过期、群不存在），
\`fault\` 是真正的故障，\`noise\` 是日志库抱怨自己被调用的方式。级别保持原样；
\`level >= error and not error.kind:refusal\` 只留下需要人处理的记录。`,
    sections: { specific: '专用格式', generic: '通用格式', fallback: '其他' },
    read: '读出',
  },
};

const SECTIONS: readonly Specificity[] = ['specific', 'generic', 'fallback'];

export function formatsPage(formats: readonly ShownFormat[], language: Language): string {
  const words = WORDS[language];
  const sections = SECTIONS.map((specificity) => {
    const shown = formats.filter(({ format }) => format.specificity === specificity);
    return `## ${words.sections[specificity]}\n\n${shown.map((one) => section(one, language)).join('\n')}`;
  });
  return `# ${words.title}\n\n${words.intro}\n\n${sections.join('\n')}`;
}

const INDENT = '    ';

function section({ format, line, parsed }: ShownFormat, language: Language): string {
  const title = format.title?.[language] ?? format.name;
  const code = line.split('\n').map((text) => (text === '' ? '' : INDENT + visible(text)));
  const names = namesOf(parsed).map((name) => `\`${name}\``);
  const read = names.length === 0 ? '' : `\n${WORDS[language].read}: ${names.join(' ')}\n`;
  return `### ${format.name}\n\n${title}\n\n${code.join('\n')}\n${read}`;
}

// Tabs of the example are shown as such; everything else a terminal would act on is not in it.
function visible(text: string): string {
  return text.replaceAll(/ {3,}\t/g, '  \t').trimEnd();
}

function namesOf({
  timeNs,
  severityNumber,
  eventName,
  scopeName,
  attributes,
  resource,
}: ParsedLine): string[] {
  return [
    ...(timeNs === undefined ? [] : ['timestamp']),
    ...(severityNumber === 0 ? [] : ['level']),
    ...(eventName === '' ? [] : ['event.name']),
    ...(scopeName === '' ? [] : ['scope.name']),
    ...(resource?.keys() ?? []),
    ...attributes.keys(),
  ];
}
