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
finds what needs somebody.

## Wrappers

What wraps a line is undone, up to three deep, and says where the line is from:

| wrapper | what it says |
|---|---|
| CRI (\`/var/log/pods\`, \`/var/log/containers\`) | \`log.iostream\`, time; from the path \`k8s.namespace.name\`, \`k8s.pod.name\`, \`k8s.container.name\` |
| Docker's json-file | \`log.iostream\`, time, \`docker.tag\` and labels; from the path \`container.id\` |
| \`docker compose logs\` | \`container.name\`, \`service.name\`, time under \`--timestamps\` |
| \`kubectl logs --prefix --timestamps\`, stern | \`k8s.pod.name\`, \`k8s.container.name\`, time |
| \`journalctl -o json\` | \`systemd.unit\`, \`host.name\`, \`process.pid\` …, severity, time; other fields under their own names |
| GitHub Actions | time, severity of \`##[error]\` and \`::error::\`, \`github.job\`, \`cicd.pipeline.task.name\` |
| Filebeat | \`host.name\`, \`k8s.…\`, \`container.…\`, \`log.file.path\`, time |
| \`tail -f\` of several files | \`log.file.path\` |

Lines that a wrapper has cut (CRI's \`P\`, Docker's 16 KiB) are put together. Streams, pods and services that stand between
each other are joined each on their own. What a wrapper calls the service holds where neither the line nor \`--service\`
names one.

## Lines that belong together

Indented lines belong to a logged line before them; so do the unindented parts of the traces of Java, Python, Go and
Node. Panics of Go, Rust and gin, uncaught errors of Node and diagnostics of rustc are records of their own. Records
that OpenIM 3.8.3 cuts in two are put together. A record has at most 1,000 lines and 1 MiB; of a source that goes on it
is complete when nothing has come for a moment, or for 500 lines of other streams.

## Times

A time without a zone is read in the zone that \`--zone\` gives; else in the one that brings it to the time of its
wrapper; else in the zone of the machine that sends. A time without a year is the latest that is not after the file's
last change. Without a time of its own a line has that of its wrapper, else the time of arrival. \`tendril parse\` says
how often each was the case, and when clocks differ.

## Encodings

UTF-8, UTF-16 with or without a byte order mark, and GB18030 (GBK), the latter told line by line.`,
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
\`level >= error and not error.kind:refusal\` 只留下需要人处理的记录。

## 外层包装

最多拆三层包装，包装说明这一行来自哪里：

| 包装 | 提供的内容 |
|---|---|
| CRI（\`/var/log/pods\`、\`/var/log/containers\`） | \`log.iostream\`、时间；由路径得出 \`k8s.namespace.name\`、\`k8s.pod.name\`、\`k8s.container.name\` |
| Docker json-file | \`log.iostream\`、时间、\`docker.tag\` 与标签；由路径得出 \`container.id\` |
| \`docker compose logs\` | \`container.name\`、\`service.name\`，加 \`--timestamps\` 时有时间 |
| \`kubectl logs --prefix --timestamps\`、stern | \`k8s.pod.name\`、\`k8s.container.name\`、时间 |
| \`journalctl -o json\` | \`systemd.unit\`、\`host.name\`、\`process.pid\` 等，级别、时间；其他字段保留原名 |
| GitHub Actions | 时间，\`##[error]\`、\`::error::\` 的级别，\`github.job\`、\`cicd.pipeline.task.name\` |
| Filebeat | \`host.name\`、\`k8s.…\`、\`container.…\`、\`log.file.path\`、时间 |
| \`tail -f\` 多个文件 | \`log.file.path\` |

被包装切断的行（CRI 的 \`P\`、Docker 的 16 KiB）会拼回一行。互相穿插的流、Pod、服务各自合并。行内和 \`--service\`
都没说服务名时，取包装里的名字。

## 属于同一条的多行

缩进的行属于它前面那条日志；Java、Python、Go、Node 堆栈里不缩进的部分也是。Go、Rust、gin 的 panic，Node 未捕获的错误，rustc
的诊断各自成一条。OpenIM 3.8.3 被切成两行的日志会拼回一条。一条日志最多 1000 行、1 MiB；持续写入的来源，片刻没有新行，或其他流
已写了 500 行，这一条就算完整。

## 时间

没有时区的时间按 \`--zone\` 处理；没给就取能与外层时间对上的时区；再没有就取发送方机器的时区。没有年份的时间取不晚于文件最后修改
时间的最近一年。行内没有时间就用外层的时间，再没有就用到达时间。\`tendril parse\` 会说明各有多少次，以及哪些时钟对不上。

## 编码

UTF-8、UTF-16（有无 BOM 均可）、GB18030（GBK），后者逐行判断。`,
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
