/** Places of files that are not open: rotated files come back under other names, and compressed. */
import { COMPARED_BYTES_MAX, digestOf, holds, type FilePlace, type ReadAt } from './file-place.ts';
import { keyOf, type FoundFile } from './found-files.ts';

/** The oldest are forgotten; a file that is older is read again. */
const PLACES_MAX = 10_000;

export class KnownPlaces {
  private readonly places: Map<string, FilePlace>;

  constructor(places: readonly FilePlace[]) {
    this.places = new Map(places.map((place) => [place.id, place]));
  }

  remember(place: FilePlace): void {
    const { id } = place;
    this.places.delete(id);
    if (place.offset === 0) return;
    this.places.set(id, place);
    const [oldest] = this.places.keys();
    if (this.places.size > PLACES_MAX && oldest !== undefined) this.places.delete(oldest);
  }

  /** The place in this file: by its inode, or in a copy of a file that is known. */
  async find(found: FoundFile, readAt: ReadAt): Promise<FilePlace | undefined> {
    const own = [...this.places.values()].filter((place) => keyOf(place) === keyOf(found));
    for (const place of own) if (await holds(readAt, place)) return place;
    for (const place of this.withHead(await readAt(0, COMPARED_BYTES_MAX))) {
      if (await holds(readAt, place)) return place;
    }
    return undefined;
  }

  /** The furthest place in content that begins like this. */
  byHead(head: Buffer): FilePlace | undefined {
    return this.withHead(head).toSorted((left, right) => right.offset - left.offset)[0];
  }

  private withHead(head: Buffer): FilePlace[] {
    const digests = new Map<number, string>();
    const digestOfFirst = (bytes: number): string => {
      const digest = digests.get(bytes) ?? digestOf(head.subarray(0, bytes));
      digests.set(bytes, digest);
      return digest;
    };
    return [...this.places.values()].filter(
      ({ fingerprint, fingerprintBytes }) =>
        fingerprintBytes <= head.length && digestOfFirst(fingerprintBytes) === fingerprint,
    );
  }
}
