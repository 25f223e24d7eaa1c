/**
 * Lines of what is followed: files, containers, units of the journal. One shape for the agent and for the
 * commands, whatever they come from.
 */
import type { Attributes } from '@tendril/model/attribute';

/** What lines are of. */
export interface Origin {
  /** Unique among all origins; places are kept under it. */
  readonly id: string;
  /** For people: a path, `namespace/pod/container`, a container's name. */
  readonly name: string;
  /** Of all its records. */
  readonly resource: Attributes;
}

/** A place in a stream of lines, understood by the source that made it. */
export interface StreamPlace {
  /** Of the origin. */
  readonly id: string;
  readonly cursor: string;
}

/** Lines of one origin that were read together. */
export interface OriginLines<P = StreamPlace> {
  readonly origin: Origin;
  /** Without line ends, in their wrapper, which says when they were taken. */
  readonly lines: readonly string[];
  /** The place after the first `count` lines: what is read on from there repeats and loses nothing. */
  readonly placeAfter: (count: number) => P;
  /** Lines that were longer than allowed and lost their end. */
  readonly cutLines: number;
}

/** What a source tells of itself, beside the lines. */
export interface SourceEvent {
  readonly kind:
    | 'opened'
    | 'closed'
    /** A connection broke or went silent; it is made again. */
    | 'interrupted'
    /** Lines may be missing, and why. */
    | 'possible_loss'
    | 'unreadable';
  /** The origin's name, or the source's. */
  readonly path: string;
  readonly detail: string;
}
