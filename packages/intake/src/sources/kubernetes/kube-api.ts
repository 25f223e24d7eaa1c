/** What we ask of a cluster's API, and no more: pods, their changes and their logs. */
import type { IncomingMessage } from 'node:http';
import { HttpCalls, HttpRefusal, type HttpTarget } from '../http/http-calls.ts';
import { LineSplitter } from '../line-splitter.ts';
import { z } from 'zod';
import { parsePod, type Pod } from './pods.ts';

export interface PodQuery {
  /** All of the cluster when undefined. */
  readonly namespace: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export interface PodList {
  readonly pods: readonly Pod[];
  /** To watch from. */
  readonly version: string;
}

export type PodChange =
  | { readonly kind: 'set'; readonly pod: Pod }
  | { readonly kind: 'gone'; readonly pod: Pod };

export interface LogQuery {
  readonly container: string;
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly sinceTime?: string | undefined;
  readonly tailLines?: number | undefined;
}

/** The version that we know of is too old: everything has to be listed anew. */
export class VersionGone extends Error {}

const PAGE_PODS = 500;
/** A watch is made anew after so long, so that one that died is not waited for. */
const WATCH_SECONDS = 25;

export class KubeApi {
  private readonly calls: HttpCalls;

  constructor(target: HttpTarget) {
    this.calls = new HttpCalls(target);
  }

  get name(): string {
    return this.calls.name;
  }

  async namespaces(signal: AbortSignal): Promise<readonly string[]> {
    const list = LIST.parse(await this.calls.json('/api/v1/namespaces', {}, signal));
    return list.items.flatMap((item) => NAMED.safeParse(item).data?.metadata.name ?? []);
  }

  async pods(query: PodQuery, signal: AbortSignal): Promise<PodList> {
    const { fieldSelector, labelSelector } = query;
    const pods: Pod[] = [];
    for (let next: string | undefined = undefined; ;) {
      const values = { labelSelector, fieldSelector, limit: PAGE_PODS, continue: next };
      const page = LIST.parse(await this.calls.json(podsPath(query), values, signal));
      pods.push(...page.items.flatMap((item) => parsePod(item) ?? []));
      next = page.metadata.continue || undefined;
      if (next === undefined) return { pods, version: page.metadata.resourceVersion };
    }
  }

  /** Undefined when it is gone. */
  async pod({ name, namespace }: Pod, signal: AbortSignal): Promise<Pod | undefined> {
    try {
      return parsePod(await this.calls.json(podPath(namespace, name), {}, signal));
    } catch (error) {
      if (error instanceof HttpRefusal && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Changes since a version, for a while. Throws `VersionGone`. */
  async *watch(
    query: PodQuery,
    version: string,
    signal: AbortSignal,
  ): AsyncGenerator<PodChange | { readonly kind: 'version'; readonly version: string }> {
    const { fieldSelector, labelSelector } = query;
    const timeout = AbortSignal.timeout((WATCH_SECONDS + 4) * 1000);
    const answer = await this.calls
      .open(
        podsPath(query),
        {
          watch: true,
          allowWatchBookmarks: true,
          resourceVersion: version,
          timeoutSeconds: WATCH_SECONDS,
          labelSelector,
          fieldSelector,
        },
        AbortSignal.any([signal, timeout]),
      )
      .catch((error: unknown) => {
        throw error instanceof HttpRefusal && error.status === 410 ? new VersionGone() : error;
      });
    const splitter = new LineSplitter();
    for await (const chunk of answer) {
      for (const line of splitter.push(chunk as Buffer).lines) yield* changesOf(line);
    }
  }

  /** Lines that each begin with their time. */
  async log(pod: Pod, query: LogQuery, signal: AbortSignal): Promise<IncomingMessage> {
    const path = `${podPath(pod.namespace, pod.name)}/log`;
    return await this.calls.open(path, { ...query, timestamps: true }, signal);
  }

  close(): void {
    this.calls.close();
  }
}

const LIST = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string(), continue: z.string().nullish() }),
  items: z
    .array(z.unknown())
    .nullish()
    .transform((items) => items ?? []),
});
const NAMED = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });
const EVENT = z.looseObject({
  type: z.string(),
  object: z.looseObject({
    code: z.number().nullish(),
    message: z.string().nullish(),
    metadata: z.looseObject({ resourceVersion: z.string().nullish() }).nullish(),
  }),
});

function* changesOf(
  line: string,
): Generator<PodChange | { readonly kind: 'version'; readonly version: string }> {
  const { object, type } = EVENT.parse(JSON.parse(line));
  if (type === 'ERROR') {
    if (object.code === 410) throw new VersionGone();
    throw new Error(`the watch ended: ${object.message ?? 'no reason given'}`);
  }
  const pod = type === 'BOOKMARK' ? undefined : parsePod(object);
  if (pod) yield { kind: type === 'DELETED' ? 'gone' : 'set', pod };
  const version = object.metadata?.resourceVersion;
  if (version) yield { kind: 'version', version };
}

function podsPath({ namespace }: PodQuery): string {
  return namespace === undefined
    ? '/api/v1/pods'
    : `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
}

function podPath(namespace: string, name: string): string {
  return `${podsPath({ namespace })}/${encodeURIComponent(name)}`;
}
