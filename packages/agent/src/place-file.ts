/** The places up to which everything is acknowledged, in a file that is replaced as a whole. */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AgentPlace } from './agent-sources.ts';

export interface AgentState {
  readonly places: readonly AgentPlace[];
  /** The last buffer entry that was acknowledged. */
  readonly acknowledged: number;
}

/** Files that are gone are forgotten, the oldest first. */
const PLACES_MAX = 20_000;
const VERSION = 1;

export class PlaceFile {
  readonly #path: string;
  readonly #places: Map<string, AgentPlace>;
  #acknowledged: number;
  #isChanged = false;

  private constructor(path: string, { acknowledged, places }: AgentState) {
    this.#path = path;
    this.#places = new Map(places.map((place) => [place.id, place]));
    this.#acknowledged = acknowledged;
  }

  /** A file that is missing or damaged is an agent that begins. */
  static async open(path: string): Promise<PlaceFile> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const text = await readFile(path, 'utf8').catch(() => '');
    return new PlaceFile(path, parse(text) ?? { places: [], acknowledged: 0 });
  }

  get places(): readonly AgentPlace[] {
    return [...this.#places.values()];
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  move(places: readonly AgentPlace[], acknowledged: number): void {
    for (const place of places) {
      this.#places.delete(place.id);
      this.#places.set(place.id, place);
    }
    this.#acknowledged = acknowledged;
    this.#isChanged = true;
    for (const id of this.#places.keys()) {
      if (this.#places.size <= PLACES_MAX) break;
      this.#places.delete(id);
    }
  }

  /** On stable storage when it resolves. */
  async save(): Promise<void> {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    const draft = `${this.#path}.new`;
    const file = await open(draft, 'w', 0o600);
    try {
      const state = { version: VERSION, acknowledged: this.#acknowledged, places: this.places };
      await file.writeFile(JSON.stringify(state));
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(draft, this.#path);
  }
}

function parse(text: string): AgentState | undefined {
  try {
    const state = JSON.parse(text) as AgentState & { readonly version: number };
    return state.version === VERSION ? state : undefined;
  } catch {
    // Written by nobody, or cut short on a disk that lies.
    return undefined;
  }
}
