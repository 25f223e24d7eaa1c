/**
 * The feed of a search, and what it shows at the moment. Until a new search has something to show,
 * the rows of the one before stay, marked as such: nothing flickers between two filters.
 */
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { LogRecord } from '@tendril/model/log-record';
import { useApi } from '../lib/api.ts';
import { RecordFeed, type FeedRequest, type FeedState } from './record-feed.ts';

export interface UsedFeed {
  readonly feed: RecordFeed;
  readonly state: FeedState;
  /** The rows are of the search before. */
  readonly isStale: boolean;
}

const NONE: readonly LogRecord[] = [];

/** `request` is compared by identity: make it with useMemo. */
export function useRecordFeed(request: FeedRequest): UsedFeed {
  const api = useApi();
  const [used, setUsed] = useState(() => ({ request, feed: new RecordFeed(api, request) }));
  const current = used.request === request ? used : { request, feed: new RecordFeed(api, request) };
  if (current !== used) setUsed(current);
  const { feed } = current;
  useEffect(() => {
    feed.start();
    return () => feed.close();
  }, [feed]);
  const state = useSyncExternalStore(feed.subscribe, feed.state);
  const before = useRef(NONE);
  const isWaiting = state.phase === 'running' && state.records.length === 0 && !request.isLive;
  useEffect(() => {
    if (!isWaiting) before.current = state.records;
  });
  // What a render before this one showed; it changes only together with the state.
  // oxlint-disable-next-line react/refs
  const records = isWaiting ? before.current : state.records;
  const isStale = isWaiting && records.length > 0;
  return { feed, state: isStale ? { ...state, records } : state, isStale };
}
