/** The feed of a search, and what it shows at the moment. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useApi } from '../lib/api.ts';
import { RecordFeed, type FeedRequest, type FeedState } from './record-feed.ts';

export interface UsedFeed {
  readonly feed: RecordFeed;
  readonly state: FeedState;
}

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
  return { feed, state };
}
