/**
 * What can be changed about an instance while it runs. Faults change settings and nothing else: the code
 * that reads a setting really waits, refuses or runs out.
 */
export interface Settings {
  /** Whether the server's socket is open; closing it drops its connections as well. */
  readonly isListening: boolean;
  /** The instance's clock runs so much ahead of the machine's. */
  readonly clockOffsetMs: number;
  /** Of every 50 ms this share is spent computing nothing useful. */
  readonly busyShare: number;
  /** Every 400 ms the process stands still for so long, as a long garbage collection makes it. */
  readonly pauseMs: number;
  /** Services whose names this instance cannot resolve. */
  readonly unresolvable: readonly string[];
  /** Services whose packets from this instance vanish. */
  readonly unreachable: readonly string[];
  /** Where this instance looks for databases, when it is told a wrong place. */
  readonly databasePort: number;
  /** How long a call to another service may take. */
  readonly rpcTimeoutMs: number;
  /** Connections to a database at the same time. */
  readonly poolMax: number;
  /** Of the connections taken from the pool this share is never given back. */
  readonly poolLeakShare: number;
  /** Local ports for outgoing calls; each is held for a while after use. 0: as many as the machine has. */
  readonly localPorts: number;
  /** Requests a second that a server takes; 0: all. */
  readonly requestsPerSecond: number;
  /** How long a token is good. */
  readonly tokenLifetimeMs: number;
  /** A WebSocket connection is closed after so long; 0: never. */
  readonly connectionLifetimeMs: number;
  /** A database's disk takes so long for each command. */
  readonly diskDelayMs: number;
  /** Bytes that a database's disk has room for. */
  readonly diskBytesMax: number;
  /** Bytes that the cache may hold; 0: no limit. */
  readonly cacheBytesMax: number;
  /** The queue and cache stand still for so long, once. */
  readonly queuePauseMs: number;
  /** What a consumer does for each message besides its work. */
  readonly consumerDelayMs: number;
  /** Largest value that the writer of the cache takes. */
  readonly cacheValueBytesMax: number;
  /** Added to the number of the shard that a conversation's messages are looked for in. */
  readonly shardShift: number;
  /** Of the users to push to this share is taken for offline. */
  readonly offlineShare: number;
  /** A lock that is taken for a group's members is not given back after this share of reads. */
  readonly lockLeakShare: number;
  /** Of the requests this share ends the process. */
  readonly crashShare: number;
  /** Version of the JavaScript part of the SDK; the other part has the instance's. */
  readonly scriptVersion: string;
  /** Messages a second that each member of the first group sends to it, besides what it does anyway. */
  readonly floodPerSecond: number;
}

export const DEFAULT_SETTINGS: Settings = {
  isListening: true,
  clockOffsetMs: 0,
  busyShare: 0,
  pauseMs: 0,
  unresolvable: [],
  unreachable: [],
  databasePort: 0,
  rpcTimeoutMs: 1_000,
  poolMax: 16,
  poolLeakShare: 0,
  localPorts: 0,
  requestsPerSecond: 0,
  tokenLifetimeMs: 3_600_000,
  connectionLifetimeMs: 0,
  diskDelayMs: 0,
  diskBytesMax: 1_000_000_000,
  cacheBytesMax: 0,
  queuePauseMs: 0,
  consumerDelayMs: 0,
  cacheValueBytesMax: 65_536,
  shardShift: 0,
  offlineShare: 0,
  lockLeakShare: 0,
  crashShare: 0,
  scriptVersion: 'v3.8.3-patch.6',
  floodPerSecond: 0,
};
