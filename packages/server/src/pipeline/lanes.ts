/** The lanes of all signals: a commit round takes what waits in any of them. */
import type { LaneRound } from './lane.ts';

export interface RoundSource {
  /** Waiting for a round. */
  readonly byteLength: number;
  /** The round must be committed or given up before the next one is encoded. */
  take(): LaneRound;
  /** Memory that is kept for more than comes now. */
  giveBackIdle(): void;
}

export class Lanes implements RoundSource {
  readonly #lanes: RoundSource[] = [];

  add(lane: RoundSource): void {
    this.#lanes.push(lane);
  }

  get byteLength(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.byteLength, 0);
  }

  giveBackIdle(): void {
    for (const lane of this.#lanes) lane.giveBackIdle();
  }

  take(): LaneRound {
    const rounds = this.#lanes.map((lane) => lane.take());
    return {
      frames: rounds.flatMap(({ frames }) => frames),
      afterCommit: new Callbacks(rounds.map(({ afterCommit }) => afterCommit)),
    };
  }
}

/** They are added to while the round is encoded, so they are put together when they are called. */
class Callbacks implements Iterable<() => void> {
  readonly #lists: readonly Iterable<() => void>[];

  constructor(lists: readonly Iterable<() => void>[]) {
    this.#lists = lists;
  }

  *[Symbol.iterator](): Iterator<() => void> {
    for (const list of this.#lists) yield* list;
  }
}
