/** What access logs say: how much was asked, by whom, of what, and how it was answered. */
import { BoundedCounts, type CountsState } from './bounded-counts.ts';
import type { AnalysedRecord } from './analysed-record.ts';

const METHOD_KEY = 'http.request.method';
const PATH_KEY = 'url.path';
const STATUS_KEY = 'http.response.status_code';
const CLIENT_KEYS = ['client.address', 'network.peer.address'] as const;

const PATHS_MAX = 5_000;
const CLIENTS_MAX = 20_000;
const STATUSES_MAX = 600;
/** A path without the parts that are values: `/users/1001/avatar` is `/users/*` + `/avatar`. */
const VALUE_PART = /\/(?:\d[\w-]*|[0-9a-f]{8,}(?:-[0-9a-f]{4,}){0,4})(?=\/|$)/gi;

export interface AccessState {
  readonly requests: number;
  readonly statuses: CountsState;
  readonly paths: CountsState;
  readonly failedPaths: CountsState;
  readonly clients: CountsState;
}

export class AccessTally {
  requests = 0;
  readonly statuses: BoundedCounts = new BoundedCounts(STATUSES_MAX);
  readonly paths: BoundedCounts = new BoundedCounts(PATHS_MAX);
  /** Answered with 5xx. */
  readonly failedPaths: BoundedCounts = new BoundedCounts(PATHS_MAX);
  readonly clients: BoundedCounts = new BoundedCounts(CLIENTS_MAX);

  /** The request's method and path, where the record is of one. */
  add({ attributes }: AnalysedRecord): string | undefined {
    const status = attributes.get(STATUS_KEY);
    const path = attributes.get(PATH_KEY);
    if (status === undefined || path === undefined) return undefined;
    const route = `${String(attributes.get(METHOD_KEY) ?? '')} ${routeOf(String(path))}`.trim();
    this.requests += 1;
    this.statuses.add(String(status));
    this.paths.add(route);
    if (Number(status) >= 500) this.failedPaths.add(`${route} ${String(status)}`);
    const client = CLIENT_KEYS.map((key) => attributes.get(key)).find((value) => value);
    if (client !== undefined) this.clients.add(String(client));
    return route;
  }

  state(): AccessState {
    const { clients, failedPaths, paths, requests, statuses } = this;
    return {
      requests,
      statuses: statuses.state(),
      paths: paths.state(),
      failedPaths: failedPaths.state(),
      clients: clients.state(),
    };
  }

  absorb(state: AccessState): void {
    this.requests += state.requests;
    this.statuses.absorb(state.statuses);
    this.paths.absorb(state.paths);
    this.failedPaths.absorb(state.failedPaths);
    this.clients.absorb(state.clients);
  }
}

function routeOf(path: string): string {
  const query = path.indexOf('?');
  return (query < 0 ? path : path.slice(0, query)).slice(0, 200).replaceAll(VALUE_PART, '/*');
}
