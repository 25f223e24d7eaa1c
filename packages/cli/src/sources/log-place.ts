/**
 * Where the logs are that a command is about: a cluster, an engine, a journal, files. Chosen by flags, so
 * that a command reads from any of them without knowing which.
 */
import type { OriginLines, SourceEvent } from '@tendril/intake/sources/origin-lines';
import type { PendingSource } from '@tendril/intake/sources/registry';
import type { MessageId } from '@tendril/messages/messages';

export const PLACE_KINDS = ['k8s', 'docker', 'journald', 'files', 'server'] as const;
export type PlaceKind = (typeof PLACE_KINDS)[number];

export interface LogPlace {
  readonly kind: Exclude<PlaceKind, 'server'>;
  /** Which cluster, socket, folder; for people. */
  readonly where: string;
  /** What there is to read. Throws a `Failure` that names what exists where nothing is meant by the flags. */
  list(signal: AbortSignal): Promise<Listing>;
  /** Their logs as they are now, each to be read once. */
  sources(signal: AbortSignal): Promise<readonly PendingSource[]>;
  /** From what is there on, until the signal; those that come later too. */
  follow(options: FollowOptions): AsyncIterable<OriginLines<unknown>>;
  close(): void;
}

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly onEvent: (event: SourceEvent) => void;
}

export interface Listing {
  readonly columns: readonly ListedColumn[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export interface ListedColumn {
  /** In JSON. */
  readonly key: string;
  readonly title: MessageId;
  readonly align?: 'left' | 'right';
}

/** What flags say of which logs and of which time. */
export interface Selection {
  readonly namespaces: readonly string[] | undefined;
  readonly isAllNamespaces: boolean;
  readonly pattern: string | undefined;
  readonly labels: string | undefined;
  readonly container: string | undefined;
  readonly context: string | undefined;
  readonly units: readonly string[];
  readonly journalDirectory: string | undefined;
  readonly isPrevious: boolean;
  /** Undefined for all that is there. */
  readonly sinceMs: number | undefined;
  /** Lines of each log that is there; all when undefined. */
  readonly tailLines: number | undefined;
  readonly paths: readonly string[];
}

/** Lines of each log before those that come, where nothing else is asked for. */
export const TAIL_DEFAULT = 10;
/** Named where nothing is meant. */
const NAMED_MAX = 12;

/** The first of them, for a sentence. */
export function namesText(names: readonly string[]): string {
  const different = [...new Set(names)].toSorted();
  const shown = different.slice(0, NAMED_MAX).join(', ');
  return different.length > NAMED_MAX ? `${shown}, …` : shown;
}
