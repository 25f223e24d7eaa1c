/** `tendril agent`: reads logs where they are written and ships them, until it is stopped. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runAgent, type AgentEvent } from '@tendril/agent/agent';
import { readAgentConfig, type AgentConfig } from '@tendril/agent/agent-config';
import { siteSecret } from '@tendril/config/site-secret';
import { allowLongInlining } from '@tendril/intake/long-inlining';
import { createRedactor } from '@tendril/intake/redact/redactor';
import type { MessageId } from '@tendril/messages/messages';
import type { Command, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { isSet, textFlag } from '../flag-values.ts';
import { printable, printableJson } from '../output/printable.ts';

const CONFIG_DEFAULT = 'tendril-agent.yaml';
/** Said again after so long, while it lasts. */
const REPEAT_MS = 60_000;
const REPEATING: ReadonlySet<AgentEvent['kind']> = new Set([
  'waiting',
  'interrupted',
  'unreadable',
]);
/** Different ones remembered. */
const TOLD_MAX = 1_000;

export const agent: Command = {
  name: 'agent',
  summary: 'agent.summary',
  usage: 'agent [--config FILE] [--check]',
  examples: [
    { line: 'agent --config /etc/tendril/agent.yaml', summary: 'agent.example.plain' },
    { line: 'agent --config agent.yaml --check', summary: 'agent.example.check' },
  ],
  flags: {
    config: {
      type: 'string',
      value: 'FILE',
      summary: 'agent.flag.config',
      default: CONFIG_DEFAULT,
    },
    check: { type: 'boolean', summary: 'agent.flag.check' },
  },

  async run(invocation) {
    const { environment, flags, messages, nowMs, signal, stderr, stdout } = invocation;
    const path = textFlag(flags, 'config') ?? CONFIG_DEFAULT;
    const config = readAgentConfig(path);
    if (isSet(flags, 'check')) {
      const patterns = sourceNames(config);
      if (isSet(flags, 'json'))
        await stdout.line(printableJson({ path, server: config.server, patterns }));
      else
        await stderr.line(
          messages.text('say.agent.checked', { path: printable(path), count: patterns.length }),
        );
      return EXIT.ok;
    }
    stayLean();
    allowLongInlining();
    mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
    const key =
      config.redactionKeyFile === undefined
        ? siteSecret(join(config.dataDir, 'redaction.key'), true)
        : siteSecret(config.redactionKeyFile, false);
    await stderr.line(messages.text('say.agent.started', { server: config.server }));
    // In a cluster the token is a secret, and the configuration is not.
    const token = config.token ?? environment['TENDRIL_TOKEN'];
    await runAgent({
      config: { ...config, token },
      redactor: createRedactor({ key }),
      environment,
      signal,
      nowMs,
      onEvent: teller(invocation),
      onKept: youngSpaceKeeper(),
    });
    await stderr.line(messages.text('say.stopped'));
    return EXIT.ok;
  },
};

/**
 * The agent is a guest on its machine: its heap grows by a half between two full collections, where V8 would let
 * it grow several times over on a large machine. It costs some processor time (`bench agent`).
 */
function stayLean(): void {
  setFlagsFromString('--heap-growing-percent=50');
}

/** Enough that lines are gone before they are taken for something that stays; more gains little (`bench agent`). */
const YOUNG_BYTES: number = 8 * 1024 * 1024;

/**
 * The space for young objects stays at 1 MiB unless an agent is busy: then lines would outlive two of its
 * collections and cause full ones. V8 knows no bound for it that could be set by now, so its growth is stopped.
 */
function youngSpaceKeeper(): () => void {
  let growth = 1;
  return () => {
    const space = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
    const wanted = (space?.space_size ?? 0) < YOUNG_BYTES ? 2 : 1;
    if (wanted === growth) return;
    growth = wanted;
    setFlagsFromString(`--semi-space-growth-factor=${growth}`);
  };
}

/** What is read, as the configuration has it. */
function sourceNames({ docker, files, journald, kubernetes }: AgentConfig): readonly string[] {
  return [
    ...files.flatMap(({ include }) => include),
    ...journald.map(({ units }) => `journald ${units.join(' ')}`.trim()),
    ...docker.map(({ containers = '*' }) => `docker ${containers}`),
    ...kubernetes.map(
      ({ from, namespaces, pods = '*' }) =>
        `kubernetes ${from} ${namespaces?.join(',') ?? '*'}/${pods}`,
    ),
  ];
}

const SENTENCES: Readonly<Record<AgentEvent['kind'], MessageId>> = {
  opened: 'say.agent.opened',
  closed: 'say.agent.closed',
  interrupted: 'say.agent.interrupted',
  possible_loss: 'say.agent.possibleLoss',
  unreadable: 'say.agent.unreadable',
  waiting: 'say.agent.waiting',
  refused: 'say.agent.refused',
};

/** Tells of each event once a minute at most where it repeats itself. */
function teller({
  flags,
  messages,
  nowMs,
  stderr,
  stdout,
}: Invocation): (event: AgentEvent) => void {
  const toldAtMs = new Map<string, number>();
  return (event) => {
    if (REPEATING.has(event.kind)) {
      const what = event.kind === 'waiting' ? event.kind : JSON.stringify(event);
      if (nowMs() - (toldAtMs.get(what) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return;
      if (toldAtMs.size >= TOLD_MAX) toldAtMs.clear();
      toldAtMs.set(what, nowMs());
    }
    if (isSet(flags, 'json')) {
      void stdout.line(printableJson({ ...event }));
      return;
    }
    const path = 'path' in event ? printable(event.path) : '';
    const count = 'recordCount' in event ? event.recordCount : 0;
    const sentence = messages.text(SENTENCES[event.kind], {
      path,
      count,
      detail: printable(event.detail),
    });
    void stderr.line(
      event.kind === 'opened' || event.kind === 'closed' ? stderr.style('dim', sentence) : sentence,
    );
  };
}
