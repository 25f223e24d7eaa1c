/**
 * The API server of a small cluster: pods, watches and logs over real sockets, as far as `kubectl get`,
 * `kubectl logs` and our own source ask for them. What goes wrong with real clusters is switched on by a test.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakePod, type PodOptions } from './fake-pod.ts';

export type { FakePod, PodOptions } from './fake-pod.ts';

export interface ClusterFaults {
  /** Answers to the next requests of any kind, before they are looked at. */
  readonly refuse: number[];
  /** Logs are opened and nothing comes, though it is written. */
  isHanging: boolean;
  /** The token that is asked for; any is good when undefined. */
  token: string | undefined;
}

interface Watch {
  readonly response: ServerResponse;
  readonly takes: (pod: FakePod) => boolean;
}

interface LogStream {
  readonly response: ServerResponse;
  readonly pod: FakePod;
  readonly container: string;
  readonly isHung: boolean;
  readonly isTimed: boolean;
}

/** Changes remembered for watches that come back; older versions are gone. */
const CHANGES_MAX = 1_000;
const JSON_TYPE = { 'content-type': 'application/json' };

export class FakeCluster {
  readonly faults: ClusterFaults = { refuse: [], isHanging: false, token: undefined };
  /** Requests for logs that followed. */
  logRequests = 0;
  requests = 0;
  url = '';
  private readonly server: Server;
  private readonly pods: Map<string, FakePod> = new Map();
  private readonly watches: Set<Watch> = new Set();
  private readonly streams: Set<LogStream> = new Set();
  private readonly changes: {
    readonly type: string;
    readonly pod: FakePod;
    readonly object: object;
    readonly version: number;
  }[] = [];
  private readonly held: Map<FakePod, Promise<void>> = new Map();
  private version = 1;
  private oldestVersion = 0;

  private constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
    // Streams stay open for days.
    this.server.requestTimeout = 0;
  }

  static async start(): Promise<FakeCluster> {
    const cluster = new FakeCluster();
    cluster.server.listen(0, '127.0.0.1');
    await once(cluster.server, 'listening');
    const { port } = cluster.server.address() as AddressInfo;
    cluster.url = `http://127.0.0.1:${port}`;
    return cluster;
  }

  add(options: PodOptions): FakePod {
    const pod = new FakePod(options, {
      onChange: () => this.change('MODIFIED', pod),
      onLine: (container, print) => this.stream(pod, container, print),
      onEnd: (container) => this.endStreams(pod, container),
    });
    this.pods.set(keyOf(pod), pod);
    this.change('ADDED', pod);
    return pod;
  }

  remove(pod: FakePod): void {
    for (const container of pod.containers.keys()) this.endStreams(pod, container);
    this.pods.delete(keyOf(pod));
    this.change('DELETED', pod);
  }

  /** Breaks what is open: logs and watches. */
  cut(): void {
    for (const { response } of [...this.streams, ...this.watches]) response.destroy();
    this.streams.clear();
    this.watches.clear();
  }

  /** Ends them as a server does that goes away in peace. */
  endAll(): void {
    for (const { response } of [...this.streams, ...this.watches]) response.end();
    this.streams.clear();
    this.watches.clear();
  }

  /** Requests for the logs of a pod are answered only after the function is called that is returned. */
  holdLogsOf(pod: FakePod): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.held.set(pod, promise);
    return () => {
      this.held.delete(pod);
      resolve();
    };
  }

  /** Whoever watches has to list again. */
  expireVersions(): void {
    this.changes.length = 0;
    this.oldestVersion = this.version;
    for (const { response } of this.watches) {
      const status = {
        kind: 'Status',
        code: 410,
        reason: 'Expired',
        message: 'too old resource version',
      };
      response.end(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
    }
    this.watches.clear();
  }

  async close(): Promise<void> {
    this.cut();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private change(type: string, pod: FakePod): void {
    this.version += 1;
    const object = pod.object(this.version);
    this.changes.push({ type, pod, object, version: this.version });
    if (this.changes.length > CHANGES_MAX) this.oldestVersion = this.changes.shift()?.version ?? 0;
    for (const { response, takes } of this.watches) {
      if (takes(pod)) response.write(`${JSON.stringify({ type, object })}\n`);
    }
  }

  private stream(pod: FakePod, container: string, print: (isTimed: boolean) => string): void {
    for (const stream of this.streams) {
      const isMeant = stream.pod === pod && stream.container === container;
      if (!isMeant || stream.isHung || this.faults.isHanging) continue;
      stream.response.write(print(stream.isTimed));
    }
  }

  private endStreams(pod: FakePod, container: string): void {
    for (const stream of this.streams) {
      if (stream.pod !== pod || stream.container !== container || stream.isHung) continue;
      this.streams.delete(stream);
      stream.response.end();
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    const refused = this.faults.refuse.shift();
    if (refused !== undefined) return refuse(response, refused, 'asked for by the test');
    const { token } = this.faults;
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      return refuse(response, 401, 'Unauthorized');
    }
    const url = new URL(request.url ?? '/', 'http://cluster');
    const parts = url.pathname.split('/').filter(Boolean);
    const fixed = FIXED[url.pathname];
    if (fixed) return send(response, fixed);
    if (url.pathname === '/api/v1/namespaces') return send(response, this.namespaces());
    if (url.pathname === '/api/v1/pods') return this.list(url.searchParams, undefined, response);
    const [, , , namespace = '', kind, name, detail] = parts;
    if (parts[2] !== 'namespaces' || kind !== 'pods') return refuse(response, 404, 'not found');
    if (name === undefined) return this.list(url.searchParams, namespace, response);
    const pod = this.pods.get(`${namespace}/${name}`);
    if (!pod) return refuse(response, 404, `pods "${name}" not found`);
    await this.held.get(pod);
    if (detail === 'log') return this.log(pod, url.searchParams, response);
    return send(response, pod.object(this.version));
  }

  private namespaces(): object {
    const names = new Set([...this.pods.values()].map(({ namespace }) => namespace));
    const items = [...names].map((name) => ({ metadata: { name }, status: { phase: 'Active' } }));
    return {
      kind: 'NamespaceList',
      apiVersion: 'v1',
      metadata: { resourceVersion: String(this.version) },
      items,
    };
  }

  private list(
    query: URLSearchParams,
    namespace: string | undefined,
    response: ServerResponse,
  ): void {
    const takes = (pod: FakePod): boolean =>
      (namespace === undefined || pod.namespace === namespace) &&
      pod.hasLabels(query.get('labelSelector') ?? '') &&
      pod.hasFields(query.get('fieldSelector') ?? '');
    if (['true', '1'].includes(query.get('watch') ?? '')) return this.watch(query, takes, response);
    const all = [...this.pods.values()].filter(takes);
    const limit = Number(query.get('limit') ?? 0) || all.length;
    const from = Number(query.get('continue') ?? 0);
    const next = from + limit < all.length ? String(from + limit) : undefined;
    send(response, {
      kind: 'PodList',
      apiVersion: 'v1',
      metadata: { resourceVersion: String(this.version), ...(next && { continue: next }) },
      items: all.slice(from, from + limit).map((pod) => pod.object(this.version)),
    });
  }

  private watch(query: URLSearchParams, takes: Watch['takes'], response: ServerResponse): void {
    const from = Number(query.get('resourceVersion') ?? this.version);
    if (from < this.oldestVersion) return refuse(response, 410, 'too old resource version');
    response.writeHead(200, JSON_TYPE);
    response.flushHeaders();
    for (const { object, pod, type, version } of this.changes) {
      if (version > from && takes(pod)) response.write(`${JSON.stringify({ type, object })}\n`);
    }
    const watch = { response, takes };
    this.watches.add(watch);
    response.once('close', () => this.watches.delete(watch));
  }

  private log(pod: FakePod, query: URLSearchParams, response: ServerResponse): void {
    const container = query.get('container') ?? [...pod.containers.keys()][0] ?? '';
    const lines = pod.log(container, query);
    if (typeof lines === 'string') return refuse(response, 400, lines);
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.flushHeaders();
    const isHung = this.faults.isHanging && query.get('follow') === 'true';
    if (!isHung) for (const line of lines) response.write(line);
    const isFollowed = query.get('follow') === 'true' && (isHung || pod.isRunning(container));
    if (!isFollowed) {
      response.end();
      return;
    }
    this.logRequests += 1;
    const isTimed = query.get('timestamps') === 'true';
    const stream = { response, pod, container, isHung, isTimed };
    this.streams.add(stream);
    response.once('close', () => this.streams.delete(stream));
  }
}

function keyOf({ name, namespace }: FakePod): string {
  return `${namespace}/${name}`;
}

function send(response: ServerResponse, body: object): void {
  response.writeHead(200, JSON_TYPE).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, code: number, message: string): void {
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message };
  response.writeHead(code, JSON_TYPE).end(JSON.stringify(status));
}

/** What kubectl asks before it asks for pods. */
const FIXED: Readonly<Record<string, object>> = {
  '/version': { major: '1', minor: '32', gitVersion: 'v1.32.4' },
  '/api': { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [
      {
        name: 'pods',
        singularName: 'pod',
        namespaced: true,
        kind: 'Pod',
        verbs: ['get', 'list', 'watch'],
        shortNames: ['po'],
      },
      { name: 'pods/log', singularName: '', namespaced: true, kind: 'Pod', verbs: ['get'] },
      {
        name: 'namespaces',
        singularName: 'namespace',
        namespaced: false,
        kind: 'Namespace',
        verbs: ['get', 'list'],
        shortNames: ['ns'],
      },
    ],
  },
};
