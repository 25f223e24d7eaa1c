import type { TableColumn } from '@tendril/api/table';
import { describe, expect, test } from 'vitest';
import { chartData, SERIES_MAX } from './chart-data.ts';

const TIME: TableColumn = { name: 'timestamp', type: 'time', field: 'timestamp', bucket: '60' };
const SERVICE: TableColumn = { name: 'service.name', type: 'text', field: 'service.name' };
const STATUS: TableColumn = { name: 'status', type: 'integer', field: 'status' };
const COUNT: TableColumn = { name: 'count', type: 'integer' };
const P95: TableColumn = { name: 'p95_duration', type: 'duration' };

describe('chartData', () => {
  test('draws a line for each name over all times, with gaps where rows are missing', () => {
    const drawn = chartData({
      columns: [TIME, SERVICE, COUNT],
      rows: [
        ['2000000', 'a', 1],
        ['1000000', 'b', '5'],
        ['1000000', 'a', 2],
      ],
    });
    expect(drawn).toEqual({
      kind: 'time',
      timesMs: [1, 2],
      series: [
        { name: 'b', values: [5, null], level: undefined },
        { name: 'a', values: [2, 1], level: undefined },
      ],
      unit: 'number',
      hiddenSeries: 0,
    });
  });

  test('draws all numbers where there are no names', () => {
    const drawn = chartData({ columns: [TIME, P95, COUNT], rows: [['1000000', 7, 2]] });
    expect(drawn).toMatchObject({
      unit: 'duration',
      series: [{ name: 'p95_duration' }, { name: 'count' }],
    });
  });

  test('counts are 0 where there is no row, and levels keep their colour', () => {
    const level: TableColumn = { name: 'level', type: 'level', field: 'level' };
    const rows = [
      ['1000000', 'info', 3],
      ['2000000', 'error', 1],
    ];
    expect(chartData({ columns: [TIME, level, COUNT], rows }, 0)).toMatchObject({
      series: [
        { level: 'info', values: [3, 0] },
        { level: 'error', values: [0, 1] },
      ],
    });
  });

  test('keeps the greatest lines and says how many it left out', () => {
    const rows = Array.from({ length: SERIES_MAX + 3 }, (_, at) => ['1000000', `s${at}`, at]);
    const drawn = chartData({ columns: [TIME, SERVICE, COUNT], rows });
    expect(drawn).toMatchObject({ hiddenSeries: 3 });
    expect(drawn.kind === 'time' && drawn.series[0]?.name).toBe(`s${SERIES_MAX + 2}`);
  });

  test('takes a grouped number for a name, and leaves out bars without a value', () => {
    const rows = [
      [200, 'a', 3],
      [500, '', null],
      [404, '', 1],
    ];
    const drawn = chartData({ columns: [STATUS, SERVICE, COUNT], rows });
    expect(drawn).toMatchObject({
      kind: 'bars',
      bars: [
        { name: '200 · a', value: 3 },
        { name: '404 · –', value: 1 },
      ],
    });
  });

  test('has nothing to draw without a number', () => {
    expect(chartData({ columns: [SERVICE], rows: [['a']] })).toEqual({ kind: 'none' });
    expect(chartData({ columns: [COUNT], rows: [] })).toEqual({ kind: 'none' });
  });
});
