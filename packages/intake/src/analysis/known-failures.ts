/** Known errors of packs, counted over the records that show them. */
import type { KnownError, KnownErrors } from '../packs/known-errors.ts';
import type { AnalysedRecord } from './analysed-record.ts';
import { keptText } from '../patterns/kept-text.ts';
import { earliest, latest } from './stacks.ts';

export interface KnownFailure {
  /** `pack/id`. */
  readonly key: string;
  count: number;
  firstMs: number | undefined;
  lastMs: number | undefined;
  readonly example: string;
}

const EXAMPLE_LENGTH_MAX = 1_024;
const ERROR_SEVERITY_MIN = 13;

export class KnownFailureTally {
  private readonly known: KnownErrors;
  private readonly found: Map<string, KnownFailure> = new Map();

  constructor(known: KnownErrors) {
    this.known = known;
  }

  /**
   * The surest one is counted, its key given back; records that are no warning are looked at when nobody said
   * what they are.
   */
  add({
    attributes,
    body,
    serviceName,
    severityNumber,
    timeMs,
  }: AnalysedRecord): string | undefined {
    if (severityNumber !== 0 && severityNumber < ERROR_SEVERITY_MIN) return undefined;
    const [error] = this.known.match({ attributes, body, serviceName });
    if (!error) return undefined;
    const key = keyOfError(error);
    const failure = this.found.get(key);
    if (!failure) {
      const example = keptText(body, EXAMPLE_LENGTH_MAX);
      this.found.set(key, { key, count: 1, firstMs: timeMs, lastMs: timeMs, example });
      return key;
    }
    failure.count += 1;
    failure.firstMs = earliest(failure.firstMs, timeMs);
    failure.lastMs = latest(failure.lastMs, timeMs);
    return key;
  }

  /** Most frequent first. */
  top(): readonly Readonly<KnownFailure>[] {
    return [...this.found.values()].toSorted((one, other) => other.count - one.count);
  }

  state(): readonly KnownFailure[] {
    return [...this.found.values()];
  }

  absorb(failures: readonly KnownFailure[]): void {
    for (const more of failures) {
      const known = this.found.get(more.key);
      if (!known) {
        this.found.set(more.key, { ...more });
        continue;
      }
      known.count += more.count;
      known.firstMs = earliest(known.firstMs, more.firstMs);
      known.lastMs = latest(known.lastMs, more.lastMs);
    }
  }
}

export function keyOfError({ pack, spec }: Pick<KnownError, 'pack' | 'spec'>): string {
  return `${pack}/${spec.id}`;
}
