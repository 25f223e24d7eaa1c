import { zstdDecompressSync } from 'node:zlib';
import type { TableCell, TableColumn } from '@tendril/api/table';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { parquetPieces } from './export-parquet.ts';

type Column = Pick<TableColumn, 'name' | 'type'>;

async function fileOf(
  columns: readonly Column[],
  rows: Iterable<readonly TableCell[]>,
): Promise<ArrayBuffer> {
  const asynchronous = async function* (): AsyncGenerator<readonly TableCell[]> {
    yield* rows;
  };
  const pieces: Uint8Array[] = [];
  for await (const piece of parquetPieces(columns, asynchronous())) pieces.push(piece);
  return Uint8Array.from(Buffer.concat(pieces)).buffer;
}

async function readBack(file: ArrayBuffer): Promise<readonly Record<string, unknown>[]> {
  const decompress = (bytes: Uint8Array): Uint8Array => zstdDecompressSync(bytes);
  return await parquetReadObjects({ file, compressors: { ZSTD: decompress } });
}

describe('parquetPieces', () => {
  test('cells of every type come back; what is none of its type is null', async () => {
    const columns: readonly Column[] = [
      { name: 'at', type: 'time' },
      { name: 'count', type: 'integer' },
      { name: 'share', type: 'number' },
      { name: 'words', type: 'texts' },
      { name: 'count', type: 'text' },
    ];
    const file = await fileOf(columns, [
      ['1780358400000000000', '9223372036854775807', 0.5, ['a', '"b"'], '超时 😀'],
      [null, '18446744073709551615', null, [], ''],
    ]);
    expect(await readBack(file)).toEqual([
      {
        at: new Date('2026-06-02T00:00:00Z'),
        count: 9223372036854775807n,
        share: 0.5,
        words: '["a","\\"b\\""]',
        count_2: '超时 😀',
      },
      { at: null, count: null, share: null, words: '[]', count_2: '' },
    ]);
  });

  test('many rows are several groups', async () => {
    const rows = function* (): Generator<readonly TableCell[]> {
      for (let index = 0; index < 20_001; index += 1) yield [index];
    };
    const file = await fileOf([{ name: 'n', type: 'integer' }], rows());
    const { row_groups: groups } = parquetMetadata(file);
    expect(groups.map(({ num_rows: count }) => count)).toEqual([20_000n, 1n]);
    const last = (await readBack(file)).at(-1);
    expect(last).toEqual({ n: 20_000n });
  });
});
