import { describe, expect, test } from 'vitest';
import { PatternScanner } from '@tendril/intake/patterns/pattern-scanner';
import { readNativeBlocks, rowsOf } from '@tendril/columns/native-reader';
import { logBatchFixture, type LogBatchFixture } from '@tendril/testkit/log-batches';
import {
  PATTERNS_AT_ONCE_MAX,
  PATTERNS_OF_SKELETON_MAX,
  PATTERNS_PER_MINUTE_MAX,
  PatternCatalog,
} from './pattern-catalog.ts';

const NOW_NS = 1_780_390_443_101_000_000n;
const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 3_600_000;

class Teller {
  nowMs = Number(NOW_NS / 1_000_000n);
  readonly catalog: PatternCatalog;
  private readonly scanner = new PatternScanner();

  constructor() {
    const describe = (body: string) => this.scanner.describe(body);
    this.catalog = new PatternCatalog({ nowMs: () => this.nowMs, describe });
  }

  tell(bodies: readonly string[]): Record<string, unknown>[] {
    const fixture = logBatchFixture({ nowNs: NOW_NS });
    write(fixture, bodies);
    return this.catalog
      .blocks(fixture.batch)
      .flatMap(({ bytes }) => readNativeBlocks(Buffer.concat(bytes)).flatMap(rowsOf));
  }

  templates(bodies: readonly string[]): unknown[] {
    return this.tell(bodies).map((row) => row['Template']);
  }
}

function write({ writer, sink }: LogBatchFixture, bodies: readonly string[]): void {
  writer.open(sink);
  for (const body of bodies) {
    writer.begin();
    writer.timeNs(NOW_NS);
    writer.severity(17, '');
    writer.body(body);
    writer.end();
  }
}

// Words, so that they are no values.
function word(n: number): string {
  return String(n).replaceAll(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? '');
}

describe('PatternCatalog', () => {
  test('tells each pattern once, with what it looks like', () => {
    const teller = new Teller();
    const bodies = ['disk 3 full', 'disk 4 full', 'state=ready on host 7'];
    expect(teller.tell(bodies)).toMatchObject([
      {
        Template: 'disk <*> full',
        Skeleton: 'disk <*> full',
        Slots: ['<*>'],
        Example: 'disk 3 full',
        SeverityNumber: 17,
      },
      {
        Template: 'state=ready on host <*>',
        Skeleton: 'state=<*> on host <*>',
        Slots: ['ready', '<*>'],
      },
    ]);
    expect(teller.tell(bodies)).toEqual([]);
  });

  test('tells the id that the record has', () => {
    const fixture = logBatchFixture({ nowNs: NOW_NS });
    write(fixture, ['disk 3 full']);
    const { low, high } = {
      low: fixture.batch.patternId.lowAt(0),
      high: fixture.batch.patternId.highAt(0),
    };
    const id = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    expect(new Teller().tell(['disk 3 full'])).toMatchObject([{ PatternId: id }]);
  });

  test('tells it again after an hour, and when what was told got lost', () => {
    const teller = new Teller();
    expect(teller.templates(['a b'])).toEqual(['a b']);
    teller.nowMs += MS_PER_HOUR;
    expect(teller.templates(['a b'])).toEqual(['a b']);
    teller.catalog.forget();
    expect(teller.templates(['a b'])).toEqual(['a b']);
  });

  test('says nothing of records without a message', () => {
    expect(new Teller().tell([''])).toEqual([]);
  });

  test('tells so many patterns of a skeleton, and counts the rest', () => {
    const teller = new Teller();
    const bodies = Array.from({ length: PATTERNS_OF_SKELETON_MAX + 1 }, (_, n) => `key=${word(n)}`);
    expect(teller.tell(bodies)).toHaveLength(PATTERNS_OF_SKELETON_MAX);
    expect(teller.catalog.untold).toBe(1);
  });

  test('tells so many at once, and a few more each minute', () => {
    const teller = new Teller();
    const bodies = Array.from(
      { length: PATTERNS_AT_ONCE_MAX + 1 },
      (_, n) => `${word(n)} happened`,
    );
    expect(teller.tell(bodies)).toHaveLength(PATTERNS_AT_ONCE_MAX);
    expect(teller.catalog.untold).toBe(1);
    teller.nowMs += MS_PER_MINUTE;
    const more = bodies.map((body) => `${body} again`);
    expect(teller.tell(more)).toHaveLength(PATTERNS_PER_MINUTE_MAX);
  });
});
