/** The documentation page of all shippers, generated from their setups. */
import type { Language } from '../language.ts';
import { RECEIVER_PORTS, setupText, type ShipperSetup } from './shipper-setup.ts';

const HEAD: Readonly<Record<Language, string>> = {
  en: `# Shippers

Keep the shipper you have and change one address. Each receiver but OTLP and HTTP is off until it is turned on, with the flag
shown here, its variable, or \`receivers.NAME.listen\` in \`tendril.yaml\` ([configuration.md](configuration.md)).

- **Acknowledged means on disk**, for every protocol that acknowledges. When Tendril is full it says so in the protocol's own
  way (429, a withheld acknowledgement, a TCP window that fills), and shippers wait; UDP is dropped and counted.
- **Sent again means stored once** where the protocol has ids or the records have times: OTLP, Elasticsearch, Loki, Lumberjack,
  Fluent chunks, journald. Syslog, GELF and plain HTTP without \`Tendril-Batch-Id\` are at least once.
- **Beyond this machine**: protocols with a token (Elasticsearch, Loki, OTLP, journald, HTTP) need one
  (\`npx tendril token create --scope ingest\`); the others need to be told who may send, in \`receivers.NAME.allowFrom\` (networks), by client
  certificates (\`clientCaFile\`) or, for Fluent, by a shared key.
- **Fields**: names of ECS, Kubernetes agents, Docker, Loki labels and the journal become OpenTelemetry's
  (\`service.name\`, \`host.name\`, \`k8s.pod.name\` …). A message that is JSON, logfmt or begins with a time and a level is parsed. A time without
  a zone is read in the zone that brings it nearest to when it was shipped. Lines of a stack trace that a shipper sends one by one
  are joined, as far as they come in one request; a shipper that joins them itself does so across requests too.
- \`npx tendril status\` shows what came from whom, and that Tendril's own canaries get through.

## What each receiver promises

| receiver | acknowledges | knows what is sent again by | after a cut connection, sent again | when Tendril is full |
|---|---|---|---|---|
| otlp-http, otlp-grpc | 200, OK | the bytes of the request | stored once | 429, UNAVAILABLE, with when to try again |
| HTTP (\`/api/v1/ingest\`) | 200 | \`Tendril-Batch-Id\`; without it nothing | once with an id, else twice | 429 and \`Retry-After\` |
| elastic | 200, each document its status | the bytes, where documents have \`@timestamp\` or \`_id\` | once, else twice | 429 and \`Retry-After\` |
| loki | 204 | the bytes of the request | once | 429 and \`Retry-After\` |
| lumberjack | the sequence of the last event | the bytes of the window, where events have \`@timestamp\` | once, else twice | keep-alives until there is room |
| fluent | the chunk, where the sender asks | the bytes of the chunk | once; without acknowledgement twice or not at all | the acknowledgement comes later; nothing more is read |
| journald | 202 | the entries' cursors | once | nothing more is read, or 429 |
| syslog-tcp, syslog-tls, gelf-tcp | nothing | nothing | what was on its way is lost or comes twice, as the sender decides | nothing more is read: the sender's TCP window fills |
| syslog-udp, gelf-udp | nothing | nothing | nothing is sent again | dropped and counted |

What was stored is known for 10 minutes, also after a restart. After that, what is sent again is stored again.

This page is generated from \`packages/messages/src/shippers\`.
`,
  zh: `# 采集器

保留现有的采集器，只改一个地址。除 OTLP 和 HTTP 外，接收器默认关闭；可用下面的参数、环境变量，或 \`tendril.yaml\` 里的
\`receivers.NAME.listen\` 打开（见 [configuration.md](configuration.md)）。

- **确认即落盘**：凡有确认的协议都如此。Tendril 忙不过来时按各协议的方式让发送方等待（429、暂不确认、TCP 窗口填满）；
  UDP 会被丢弃并计数。
- **重发只存一次**：协议带编号或日志带时间的都是如此：OTLP、Elasticsearch、Loki、Lumberjack、Fluent 数据块、journald。
  syslog、GELF 和不带 \`Tendril-Batch-Id\` 的 HTTP 至少保存一次。
- **本机之外**：带令牌的协议（Elasticsearch、Loki、OTLP、journald、HTTP）需要令牌
  （\`npx tendril token create --scope ingest\`）；其他协议要写明谁可以发送：\`receivers.NAME.allowFrom\`（网段）、客户端证书
  （\`clientCaFile\`），Fluent 也可以用共享密钥。
- **字段**：ECS、Kubernetes 采集器、Docker、Loki 标签和 journald 的名字会换成 OpenTelemetry 的
  （\`service.name\`、\`host.name\`、\`k8s.pod.name\` 等）。消息若是 JSON、logfmt，或以时间和级别开头，会被解析。
  不带时区的时间，按离发送时间最近的时区来读。逐行发送的堆栈，在同一个请求里的会合并成一条；由采集器自己合并则可以跨请求。
- \`npx tendril status\` 显示每个来源的收发情况，以及 Tendril 自己的探测日志是否畅通。

## 各接收器的承诺

| 接收器 | 如何确认 | 凭什么认出重发 | 连接断开后重发 | Tendril 忙不过来时 |
|---|---|---|---|---|
| otlp-http、otlp-grpc | 200、OK | 请求的字节 | 只存一次 | 429、UNAVAILABLE，并告知何时重试 |
| HTTP（\`/api/v1/ingest\`） | 200 | \`Tendril-Batch-Id\`；没有则无从认出 | 有编号只存一次，否则两次 | 429 和 \`Retry-After\` |
| elastic | 200，每个文档各有状态 | 字节，文档带 \`@timestamp\` 或 \`_id\` 时 | 只存一次，否则两次 | 429 和 \`Retry-After\` |
| loki | 204 | 请求的字节 | 只存一次 | 429 和 \`Retry-After\` |
| lumberjack | 最后一个事件的序号 | 窗口的字节，事件带 \`@timestamp\` 时 | 只存一次，否则两次 | 发送保活，直到有空间 |
| fluent | 数据块编号（发送方要求时） | 数据块的字节 | 只存一次；不要求确认时可能两次或丢失 | 推迟确认，不再读取 |
| journald | 202 | 日志条目的游标 | 只存一次 | 不再读取，或 429 |
| syslog-tcp、syslog-tls、gelf-tcp | 不确认 | 无 | 在途的会丢失或重复，取决于发送方 | 不再读取：发送方的 TCP 窗口填满 |
| syslog-udp、gelf-udp | 不确认 | 无 | 不重发 | 丢弃并计数 |

已存的内容记 10 分钟，重启后也记得。超过这个时间再重发，会再存一次。

本页由 \`packages/messages/src/shippers\` 生成。
`,
};

const WORDS: Readonly<Record<Language, { readonly start: string; readonly tried: string }>> = {
  en: { start: 'Start Tendril with', tried: 'Run against Tendril itself.' },
  zh: { start: '启动 Tendril 时加上', tried: '已用该程序实际运行过。' },
};

export function shipperPage(setups: readonly ShipperSetup[], language: Language): string {
  return [HEAD[language], ...setups.map((setup) => section(setup, language))].join('\n');
}

function section(setup: ShipperSetup, language: Language): string {
  const { name, receiver, file, syntax, note, tried } = setup;
  const { port = 0, flag = '' } = RECEIVER_PORTS[receiver] ?? {};
  const text = setupText(setup, { host: 'tendril.example', port, token: 'TOKEN' });
  const { start, tried: wasTried } = WORDS[language];
  return [
    `## ${name}\n`,
    ...(flag === '' ? [] : [`${start} \`${flag}\`\n`]),
    ...(file === '' ? [] : [`\`${file}\`:\n`]),
    `\`\`\`${syntax}\n${text}\`\`\`\n`,
    `${note[language].replaceAll('HOST:PORT', `tendril.example:${port}`)}${tried === 'peer' ? ` ${wasTried}` : ''}\n`,
  ].join('\n');
}
