/** Operations in which something went wrong. */
import { keptText } from '../patterns/kept-text.ts';

export interface OperationErrors {
  readonly operationId: string;
  errors: number;
  firstMs: number | undefined;
  /** Of its first error. */
  example: string;
}

export interface OperationsState {
  readonly operations: readonly OperationErrors[];
  readonly others: number;
}

const OPERATIONS_MAX = 20_000;
const EXAMPLE_LENGTH_MAX = 300;

export class OperationTally {
  private readonly operations: Map<string, OperationErrors> = new Map();
  /** Errors of operations that there was no room for. */
  others = 0;

  add(operationId: string, timeMs: number | undefined, body: string): void {
    const known = this.operations.get(operationId);
    if (known) {
      addErrors(known, 1, { firstMs: timeMs, example: body });
      return;
    }
    if (this.operations.size >= OPERATIONS_MAX) {
      this.others += 1;
      return;
    }
    const id = keptText(operationId);
    const example = keptText(body, EXAMPLE_LENGTH_MAX);
    this.operations.set(id, { operationId: id, errors: 1, firstMs: timeMs, example });
  }

  get count(): number {
    return this.operations.size;
  }

  /** Those with the most errors first. */
  top(): readonly Readonly<OperationErrors>[] {
    return [...this.operations.values()].toSorted((one, other) => other.errors - one.errors);
  }

  state(): OperationsState {
    return { operations: [...this.operations.values()], others: this.others };
  }

  absorb({ operations, others }: OperationsState): void {
    this.others += others;
    for (const more of operations) {
      const known = this.operations.get(more.operationId);
      if (!known) {
        if (this.operations.size < OPERATIONS_MAX)
          this.operations.set(more.operationId, { ...more });
        else this.others += more.errors;
        continue;
      }
      addErrors(known, more.errors, more);
    }
  }
}

function addErrors(
  known: OperationErrors,
  errors: number,
  { example, firstMs }: Pick<OperationErrors, 'example' | 'firstMs'>,
): void {
  known.errors += errors;
  if ((firstMs ?? Infinity) >= (known.firstMs ?? Infinity)) return;
  known.firstMs = firstMs;
  known.example = keptText(example, EXAMPLE_LENGTH_MAX);
}
