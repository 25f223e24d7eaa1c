/** A pod of the fake cluster: its containers, their runs and what they wrote, with the times a kubelet gives. */
import { randomUUID } from 'node:crypto';

export interface PodOptions {
  readonly namespace: string;
  readonly name: string;
  readonly containers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly node?: string;
  /** A deployment of this name owns it. */
  readonly deployment?: string;
}

export interface PodHooks {
  readonly onChange: () => void;
  /** The line as the API sends it, with its time or without. */
  readonly onLine: (container: string, print: (isTimed: boolean) => string) => void;
  readonly onEnd: (container: string) => void;
}

interface Line {
  readonly time: string;
  readonly text: string;
}

interface Run {
  lines: Line[];
}

interface FakeContainer {
  readonly name: string;
  readonly runs: Run[];
  state: 'running' | 'terminated';
  id: string;
}

let clockNs = BigInt(Date.parse('2026-06-02T08:00:00Z')) * 1_000_000n;

export class FakePod {
  readonly uid: string = randomUUID();
  readonly namespace: string;
  readonly name: string;
  readonly containers: ReadonlyMap<string, FakeContainer>;
  private readonly options: PodOptions;
  private readonly hooks: PodHooks;

  constructor(options: PodOptions, hooks: PodHooks) {
    const { containers = ['app'], name, namespace } = options;
    this.options = options;
    this.hooks = hooks;
    this.namespace = namespace;
    this.name = name;
    this.containers = new Map(
      containers.map((each) => [
        each,
        { name: each, runs: [{ lines: [] }], state: 'running', id: randomUUID() },
      ]),
    );
  }

  /** A program writes; `afterNs` is how much later than the line before, of all pods. */
  write(
    text: string,
    { afterNs = 137_000_001n, container = 'app' }: { afterNs?: bigint; container?: string } = {},
  ): void {
    clockNs += afterNs;
    const line = { time: timeText(clockNs), text };
    this.runOf(container)?.lines.push(line);
    this.hooks.onLine(container, (isTimed) => printed(line, isTimed));
  }

  /** The container ends and begins anew. */
  restart(container = 'app'): void {
    this.terminate(container);
    this.start(container);
  }

  terminate(container = 'app'): void {
    const found = this.containers.get(container);
    if (!found || found.state === 'terminated') return;
    found.state = 'terminated';
    this.hooks.onEnd(container);
    this.hooks.onChange();
  }

  start(container = 'app'): void {
    const found = this.containers.get(container);
    if (!found || found.state === 'running') return;
    found.state = 'running';
    found.id = randomUUID();
    found.runs.push({ lines: [] });
    this.hooks.onChange();
  }

  /** kubelet's rotation: what was written before is not in the log any more. */
  rotate(container = 'app', keep = 0): void {
    const run = this.runOf(container);
    if (run) run.lines = keep === 0 ? [] : run.lines.slice(-keep);
  }

  isRunning(container: string): boolean {
    return this.containers.get(container)?.state === 'running';
  }

  /** Lines as the API sends them, or why there are none. */
  log(container: string, query: URLSearchParams): readonly string[] | string {
    const found = this.containers.get(container);
    if (!found) return `container ${container} is not valid for pod ${this.name}`;
    const isPrevious = query.get('previous') === 'true';
    const run = isPrevious ? found.runs.at(-2) : found.runs.at(-1);
    if (!run) return `previous terminated container "${container}" in pod "${this.name}" not found`;
    const since = query.get('sinceTime') ?? '';
    const lines = since === '' ? run.lines : run.lines.filter(({ time }) => time >= second(since));
    const tail = query.get('tailLines');
    const last = tail === null ? lines : Number(tail) === 0 ? [] : lines.slice(-Number(tail));
    return last.map((line) => printed(line, query.get('timestamps') === 'true'));
  }

  hasLabels(selector: string): boolean {
    return selector
      .split(',')
      .filter(Boolean)
      .every((term) => this.hasLabel(term));
  }

  hasFields(selector: string): boolean {
    const fields: Readonly<Record<string, string>> = {
      'metadata.name': this.name,
      'spec.nodeName': this.node,
    };
    return selector
      .split(',')
      .filter(Boolean)
      .every((term) => {
        const [field = '', value] = term.split(/==?/);
        return fields[field] === value;
      });
  }

  object(version: number): object {
    const { deployment, labels = {} } = this.options;
    const hash = '5d4f8c7b9';
    const owner = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      name: `${deployment ?? ''}-${hash}`,
      uid: this.uid,
      controller: true,
    };
    const containers = [...this.containers.values()];
    return {
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: {
        name: this.name,
        namespace: this.namespace,
        uid: this.uid,
        resourceVersion: String(version),
        creationTimestamp: '2026-06-02T07:59:00Z',
        labels: deployment === undefined ? labels : { ...labels, 'pod-template-hash': hash },
        ...(deployment !== undefined && { ownerReferences: [owner] }),
      },
      spec: {
        nodeName: this.node,
        containers: containers.map(({ name }) => ({ name, image: `registry.example/${name}:1.2` })),
      },
      status: {
        phase: 'Running',
        startTime: '2026-06-02T07:59:00Z',
        containerStatuses: containers.map(statusOf),
      },
    };
  }

  private get node(): string {
    return this.options.node ?? 'node-1';
  }

  private hasLabel(term: string): boolean {
    const { labels = {} } = this.options;
    const [, name = '', operator, value] = /^([^!=]+)(!=|==?)?(.*)$/.exec(term) ?? [];
    if (operator === undefined) return name in labels;
    return (labels[name] === value) === (operator !== '!=');
  }

  private runOf(container: string): Run | undefined {
    return this.containers.get(container)?.runs.at(-1);
  }
}

function statusOf({ id, name, runs, state }: FakeContainer): object {
  const ended = { terminated: { exitCode: 2, finishedAt: '2026-06-02T08:00:00Z' } };
  return {
    name,
    ready: state === 'running',
    restartCount: runs.length - 1,
    image: `registry.example/${name}:1.2`,
    imageID: '',
    containerID: `containerd://${id}`,
    state: state === 'running' ? { running: { startedAt: '2026-06-02T08:00:00Z' } } : ended,
    lastState: runs.length > 1 ? ended : {},
  };
}

function printed({ text, time }: Line, isTimed: boolean): string {
  return isTimed ? `${time} ${text}\n` : `${text}\n`;
}

function timeText(ns: bigint): string {
  const seconds = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`;
}

/** The API takes whole seconds. */
function second(time: string): string {
  return new Date(time).toISOString().slice(0, 19);
}
