/** What access logs say: how much was asked, when, by whom, of what, and how it was answered. */
import { TimeBuckets, type BucketsState } from '../patterns/time-buckets.ts';
import { BoundedCounts, type CountsState } from './bounded-counts.ts';
import type { AnalysedRecord } from './analysed-record.ts';
import type { TextRequest } from './text-figures.ts';

const METHOD_KEYS = ['http.request.method', 'method'] as const;
/** Of access logs, and of what servers log of their requests. */
const PATH_KEYS = ['url.path', 'requestURI', 'path', 'uri'] as const;
const STATUS_KEYS = ['http.response.status_code', 'status', 'statusCode'] as const;
const CLIENT_KEYS = ['client.address', 'network.peer.address', 'clientIP', 'remoteAddr'] as const;
const METHOD = /^(?:GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS|WSCONNECT|WEBSOCKET)$/;
const STATUS = /^[1-5]\d\d$/;

const PATHS_MAX = 5_000;
const CLIENTS_MAX = 20_000;
const STATUSES_MAX = 600;
const SERVER_ERROR = 500;
/** A path without the parts that are values: `/users/1001/avatar` is `/users/*` + `/avatar`. */
const VALUE_PART = /\/(?:\d[\w-]*|[0-9a-f]{8,}(?:-[0-9a-f]{4,}){0,4})(?=\/|$)/gi;

export interface AccessState {
  readonly requests: number;
  readonly statuses: CountsState;
  readonly paths: CountsState;
  readonly failedPaths: CountsState;
  readonly clients: CountsState;
  readonly times: BucketsState;
  readonly failedTimes: BucketsState;
}

export class AccessTally {
  requests = 0;
  readonly statuses: BoundedCounts = new BoundedCounts(STATUSES_MAX);
  readonly paths: BoundedCounts = new BoundedCounts(PATHS_MAX);
  /** Answered with 5xx. */
  readonly failedPaths: BoundedCounts = new BoundedCounts(PATHS_MAX);
  readonly clients: BoundedCounts = new BoundedCounts(CLIENTS_MAX);
  readonly times: TimeBuckets = new TimeBuckets();
  readonly failedTimes: TimeBuckets = new TimeBuckets();

  /** The request's method and path, where the record is of one. `text` is what only its message says. */
  add(record: AnalysedRecord, text: TextRequest | undefined): string | undefined {
    const request = requestOf(record) ?? text;
    if (!request) return undefined;
    const route = `${request.method} ${routeOf(request.path)}`.trim();
    this.requests += 1;
    this.paths.add(route);
    if (request.client !== '') this.clients.add(request.client);
    if (record.timeMs !== undefined) this.times.add(record.timeMs, 1);
    this.addStatus(request.status, route, record.timeMs);
    return route;
  }

  state(): AccessState {
    const { clients, failedPaths, failedTimes, paths, requests, statuses, times } = this;
    return {
      requests,
      statuses: statuses.state(),
      paths: paths.state(),
      failedPaths: failedPaths.state(),
      clients: clients.state(),
      times: times.state(),
      failedTimes: failedTimes.state(),
    };
  }

  absorb(state: AccessState): void {
    this.requests += state.requests;
    this.statuses.absorb(state.statuses);
    this.paths.absorb(state.paths);
    this.failedPaths.absorb(state.failedPaths);
    this.clients.absorb(state.clients);
    this.times.absorb(state.times);
    this.failedTimes.absorb(state.failedTimes);
  }

  private addStatus(status: string, route: string, timeMs: number | undefined): void {
    if (status === '') return;
    this.statuses.add(status);
    if (Number(status) < SERVER_ERROR) return;
    this.failedPaths.add(`${route} ${status}`);
    if (timeMs !== undefined) this.failedTimes.add(timeMs, 1);
  }
}

function requestOf({ attributes }: AnalysedRecord): TextRequest | undefined {
  const status = attributeOf(attributes, STATUS_KEYS);
  if (!STATUS.test(status)) return undefined;
  const path = attributeOf(attributes, PATH_KEYS);
  const method = attributeOf(attributes, METHOD_KEYS);
  const isRequest = path !== '' && (METHOD.test(method) || attributes.has(PATH_KEYS[0]));
  if (!isRequest) return undefined;
  return { method, path, status, client: clientOf(attributeOf(attributes, CLIENT_KEYS)) };
}

function attributeOf(attributes: AnalysedRecord['attributes'], keys: readonly string[]): string {
  for (const key of keys) {
    const value = attributes.get(key);
    if (value !== undefined && value !== '') return String(value);
  }
  return '';
}

// Clients have another port each time.
function clientOf(address: string): string {
  return /^\d{1,3}(?:\.\d{1,3}){3}:\d{1,5}$/.test(address)
    ? address.slice(0, address.indexOf(':'))
    : address;
}

function routeOf(path: string): string {
  const query = path.indexOf('?');
  return (query < 0 ? path : path.slice(0, query)).slice(0, 200).replaceAll(VALUE_PART, '/*');
}
