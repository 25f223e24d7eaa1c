/**
 * Where lines come from: an async iterable of lines with a resource and a checkpoint. All commands and
 * the agent read through this; a new place to read from is a source, not a command.
 */
import type { Attributes } from '@tendril/model/attribute';

export interface LineSource {
  /** For people and as the key of checkpoints: a path, or `-` for standard input. */
  readonly name: string;
  /** Of all its records, e.g. `log.file.path`. */
  readonly resource: Attributes;
  /** As stored, so compressed; undefined when it cannot be known. */
  readonly sizeBytes: number | undefined;
  /** When the source was written last; settles the year of dates that state none. */
  readonly modifiedAtMs: number | undefined;
  /** From its beginning, or from where a checkpoint of the same source left off. */
  read(options: ReadOptions): AsyncIterable<LineBatch>;
}

export interface ReadOptions {
  readonly checkpoint?: Checkpoint | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LineBatch {
  /** Without line ends. Never empty. */
  readonly lines: readonly string[];
  /**
   * The place after the first `count` lines: reading on from there repeats and loses nothing. Undefined
   * for sources that cannot be read twice.
   */
  readonly checkpointAfter: (count: number) => Checkpoint | undefined;
  /** How much of `sizeBytes` has been read. */
  readonly readBytes: number;
  /** Lines of this batch that were longer than allowed and lost their end. */
  readonly cutLines: number;
}

/** A place in a file, safe against another file under the same name. */
export interface Checkpoint {
  readonly device: string;
  readonly inode: string;
  /** Of the first `fingerprintBytes` bytes. */
  readonly fingerprint: string;
  readonly fingerprintBytes: number;
  /** Bytes of text before the first line that was not read; after decompression. */
  readonly offset: number;
}
