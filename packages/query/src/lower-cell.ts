/** Conditions on columns that pipes made. */
import { type Sql, int64, joinSql, sql } from '@tendril/sql/sql';

import { cellExists, cellText } from './pipes/cell.ts';
import type { Cell } from './column.ts';
import { type ComparingTest, numberSql, operatorSql, textValueCondition } from './lower-value.ts';
import type { CellTest } from './resolved.ts';

export function cellCondition(cell: Cell, test: CellTest): Sql {
  switch (test.kind) {
    case 'exists':
      return cellExists(cell);
    case 'text':
      return textCellCondition(cell, test.test);
    case 'number':
      return sql`ifNull(${cell.sql} ${operatorSql(test.operator)} ${numberSql(test.bound)}, false)`;
    case 'time':
      return timeCondition(cell.sql, test);
  }
}

/** Of several texts, one is enough. */
function textCellCondition(cell: Cell, test: ComparingTest): Sql {
  if (cell.type !== 'texts') return sql`ifNull(${textValueCondition(cellText(cell), test)}, false)`;
  return sql`arrayExists(x -> ifNull(${textValueCondition(sql`x`, test)}, false), ${cell.sql})`;
}

function timeCondition(value: Sql, { fromNs, toNs }: Extract<CellTest, { kind: 'time' }>): Sql {
  const bounds = [
    ...(fromNs === undefined ? [] : [sql`${value} >= fromUnixTimestamp64Nano(${int64(fromNs)})`]),
    ...(toNs === undefined ? [] : [sql`${value} < fromUnixTimestamp64Nano(${int64(toNs)})`]),
  ];
  return sql`ifNull(${joinSql(bounds, ' AND ')}, false)`;
}
