/**
 * The records of one search, in order: pages as they stream in, and in live mode what arrives after
 * them. Holds the connection, so it has a lifetime; what it shows is a snapshot that changes at most
 * once a frame.
 */
import type { Client } from '@tendril/api/client';
import type { LogFacetsResponse } from '@tendril/api/log-facets';
import type {
  LogOverviewEvent,
  LogPageEvent,
  LogSearchSummary,
  OverviewRequest,
} from '@tendril/api/log-search';
import type { ProgressEvent } from '@tendril/api/answer';
import type { LogRecord } from '@tendril/model/log-record';
import type { TimeRange } from '@tendril/model/time-range';
import { serverNowNs } from '../lib/time-range.ts';
import { recordKey } from '../records/record-key.ts';
import { mergeNew } from './record-order.ts';

export interface FeedRequest {
  readonly query: string;
  readonly range: TimeRange;
  readonly order: 'desc' | 'asc';
  readonly isLive: boolean;
  /** What is wanted beside the records. */
  readonly overview?: OverviewRequest;
}

export interface FeedState {
  readonly records: readonly LogRecord[];
  readonly phase: 'running' | 'more' | 'done' | 'failed' | 'cancelled';
  readonly progress: ProgressEvent | undefined;
  /** Of the page that ended last. */
  readonly summary: LogSearchSummary | undefined;
  /** Of all that match, when they were told with the first page; never in live mode. */
  readonly overview: LogOverviewEvent | undefined;
  readonly facets: LogFacetsResponse | undefined;
  readonly error: unknown;
  /** The query's pipes answer a table, which is not read here. */
  readonly isTable: boolean;
  readonly live: LiveState;
}

export interface LiveState {
  readonly connection: 'off' | 'connecting' | 'open' | 'lost';
  readonly isPaused: boolean;
  /** Arrived while paused. */
  readonly bufferedRecords: number;
  /** Left out by the server, since we were too slow. */
  readonly skippedRecords: number;
  /** A line is drawn above this record. */
  readonly markedKey: string | undefined;
}

/** More than a screen, and all there is of most needles. */
const FIRST_PAGE_ROWS = 128;
const PAGE_ROWS = 1_000;
/** Loaded by scrolling; more than anybody reads, and about 200 MB of a browser's memory. */
const RECORDS_MAX = 200_000;
/** In live mode older records are let go; scrolling down loads them from the store again. */
const LIVE_RECORDS_MAX = 20_000;
const BUFFERED_RECORDS_MAX = 5_000;

const LIVE_OFF: LiveState = {
  connection: 'off',
  isPaused: false,
  bufferedRecords: 0,
  skippedRecords: 0,
  markedKey: undefined,
};

export class RecordFeed {
  readonly #api: Client;
  readonly #request: FeedRequest;
  readonly #listeners = new Set<() => void>();
  readonly #closing = new AbortController();
  #page: AbortController | undefined;
  #buffer: LogRecord[] = [];
  #bufferOverflowed = false;
  #frame: number | undefined;
  #next: string | undefined;
  #state: FeedState = {
    records: [],
    phase: 'running',
    progress: undefined,
    summary: undefined,
    overview: undefined,
    facets: undefined,
    error: undefined,
    isTable: false,
    live: LIVE_OFF,
  };
  /** What the next frame shows. */
  #coming: FeedState = this.#state;

  constructor(api: Client, request: FeedRequest) {
    this.#api = api;
    this.#request = request;
  }

  start(): void {
    if (this.#request.isLive) void this.#follow();
    else void this.#loadPage();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): FeedState => this.#state;

  /** The next page, when there is one and none is on its way. */
  loadMore(): void {
    const { phase, records } = this.#coming;
    if (phase === 'more' && records.length < RECORDS_MAX) void this.#loadPage();
  }

  /** Stops the search in the engine; what was found stays. */
  cancel(): void {
    this.#page?.abort();
    if (this.#coming.phase === 'running') this.#show({ phase: 'cancelled' });
  }

  close(): void {
    this.#closing.abort();
    this.#page?.abort();
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#listeners.clear();
  }

  pause(): void {
    if (!this.#coming.live.isPaused) this.#showLive({ isPaused: true });
  }

  /** Shows what was held back; after a long pause asks the store, which has all of it. */
  resume(): void {
    const arrived = this.#buffer;
    this.#buffer = [];
    const records = this.#withNew(arrived);
    this.#show({ records });
    this.#showLive({ isPaused: false, bufferedRecords: 0 });
    if (this.#bufferOverflowed) void this.#catchUp();
    this.#bufferOverflowed = false;
  }

  /** Forgets what is shown, not what is stored. */
  clear(): void {
    this.#buffer = [];
    this.#show({ records: [] });
    this.#showLive({ bufferedRecords: 0, skippedRecords: 0, markedKey: undefined });
  }

  mark(): void {
    const newest = this.#coming.records[this.#request.order === 'desc' ? 0 : -1];
    const last = newest ?? this.#coming.records.at(-1);
    if (last) this.#showLive({ markedKey: recordKey(last) });
  }

  async #loadPage(): Promise<void> {
    const page = new AbortController();
    this.#page = page;
    this.#show({ phase: 'running', error: undefined, progress: undefined });
    try {
      const signal = AbortSignal.any([page.signal, this.#closing.signal]);
      for await (const event of this.#api.searchLogs(this.#pageRequest(), signal)) {
        if (signal.aborted) return;
        if (event.kind === 'row') this.#append(event.record);
        else if (event.kind === 'columns') return this.#leaveTable();
        else if (event.kind === 'progress') this.#show({ progress: event });
        else if (event.kind === 'overview') this.#show({ overview: event });
        else if (event.kind === 'facets') this.#show({ facets: event.facets });
        else if (event.kind === 'page') this.#endPage(event);
        else if (event.kind === 'summary') this.#endAnswer(event, page);
      }
    } catch (error) {
      const isLeft = page.signal.aborted || this.#closing.signal.aborted;
      if (!isLeft) this.#show({ phase: 'failed', error });
    }
  }

  #pageRequest(): Parameters<Client['searchLogs']>[0] {
    const { query, range, order, overview } = this.#request;
    const isFirst = this.#next === undefined;
    return {
      query,
      from: String(range.fromNs),
      to: String(range.toNs),
      order,
      limit: isFirst ? FIRST_PAGE_ROWS : PAGE_ROWS,
      ...(isFirst && overview && { overview }),
      ...(this.#next !== undefined && { cursor: this.#next }),
    };
  }

  #leaveTable(): void {
    this.#page?.abort();
    this.#show({ phase: 'done', isTable: true });
  }

  #endPage({ next }: Pick<LogPageEvent, 'next'>): void {
    this.#next = next ?? undefined;
    this.#show({ phase: next === null ? 'done' : 'more', progress: undefined });
  }

  /** The next page may be on its way already, when all is told that came with the first. */
  #endAnswer(summary: LogSearchSummary, page: AbortController): void {
    this.#show({ summary });
    if (page === this.#page) this.#endPage(summary);
  }

  // Within a frame the array is ours; a frame's snapshot is never changed.
  #append(record: LogRecord): void {
    const { records } = this.#coming;
    if (records === this.#state.records) this.#show({ records: [...records, record] });
    else (records as LogRecord[]).push(record);
  }

  async #follow(): Promise<void> {
    this.#showLive({ connection: 'connecting' });
    const { query } = this.#request;
    try {
      for await (const event of this.#api.tailLogs({ query }, this.#closing.signal)) {
        if (event.kind === 'ready') {
          this.#showLive({ connection: 'open' });
          void this.#catchUp();
        } else if (event.kind === 'record') this.#arrived(event.record);
        else if (event.kind === 'lost') this.#showLive({ connection: 'lost' });
        else if (event.kind === 'skipped') {
          const { skippedRecords } = this.#coming.live;
          this.#showLive({ skippedRecords: skippedRecords + event.count });
        }
      }
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#show({ phase: 'failed', error });
    }
  }

  /** What was stored before the tail began, or while it was cut off. */
  async #catchUp(): Promise<void> {
    const { query, range, order } = this.#request;
    const nowNs = serverNowNs();
    const toNs = nowNs > range.toNs ? nowNs : range.toNs;
    try {
      const found: LogRecord[] = [];
      const request = { query, from: String(range.fromNs), to: String(toNs), order };
      const signal = this.#closing.signal;
      for await (const event of this.#api.searchLogs({ ...request, limit: PAGE_ROWS }, signal)) {
        if (event.kind === 'row') found.push(event.record);
        if (event.kind === 'summary') {
          this.#next ??= event.next ?? undefined;
          this.#show({
            records: this.#withNew(found),
            phase: this.#next === undefined ? 'done' : 'more',
            summary: event,
          });
        }
      }
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#show({ phase: 'failed', error });
    }
  }

  #arrived(record: LogRecord): void {
    this.#buffer.push(record);
    if (this.#buffer.length > BUFFERED_RECORDS_MAX) {
      this.#buffer.shift();
      this.#bufferOverflowed = true;
    }
    this.#requestFrame();
  }

  #withNew(arrived: readonly LogRecord[]): readonly LogRecord[] {
    const { order } = this.#request;
    const merged = mergeNew(this.#coming.records, arrived, order);
    if (merged.length <= LIVE_RECORDS_MAX || order === 'asc') return merged;
    const kept = merged.slice(0, LIVE_RECORDS_MAX);
    const last = kept.at(-1);
    // The place where the next page begins.
    if (last) this.#next = recordKey(last);
    this.#coming = { ...this.#coming, phase: 'more' };
    return kept;
  }

  #show(changed: Partial<FeedState>): void {
    this.#coming = { ...this.#coming, ...changed };
    this.#requestFrame();
  }

  #showLive(changed: Partial<LiveState>): void {
    this.#show({ live: { ...this.#coming.live, ...changed } });
  }

  #requestFrame(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#takeBuffer();
      this.#state = this.#coming;
      for (const listener of this.#listeners) listener();
    });
  }

  #takeBuffer(): void {
    const { live } = this.#coming;
    if (this.#buffer.length === 0) return;
    if (live.isPaused) {
      const bufferedRecords = this.#buffer.length;
      this.#coming = { ...this.#coming, live: { ...live, bufferedRecords } };
      return;
    }
    const arrived = this.#buffer;
    this.#buffer = [];
    this.#coming = { ...this.#coming, records: this.#withNew(arrived) };
    // A window that nobody sees draws no frames, and more arrived meanwhile than we keep.
    if (this.#bufferOverflowed) void this.#catchUp();
    this.#bufferOverflowed = false;
  }
}
