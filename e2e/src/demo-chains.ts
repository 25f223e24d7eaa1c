/**
 * Sends of messages through four services, each with an operationID of its own: all go well but the last, whose insert waits for
 * the database until the deadline. The same records every time, but for the time they end at.
 */
import type { DemoRecord } from './demo-records.ts';

/** The operation that fails. */
export const FAILED_OPERATION = 'op1704955171708';

export interface ChainsOptions {
  readonly healthy: number;
  readonly endMs: number;
}

const BETWEEN_MS = 2_000;
const DEADLINE_MS = 5_000;

type Line = readonly [
  afterMs: number,
  service: string,
  level: string,
  msg: string,
  more?: Readonly<Record<string, string | number>>,
];

export function demoChains({ healthy, endMs }: ChainsOptions): readonly DemoRecord[] {
  const records: DemoRecord[] = [];
  const failedMs = endMs - DEADLINE_MS - BETWEEN_MS;
  for (let index = 0; index < healthy; index += 1) {
    const startMs = failedMs - (healthy - index) * BETWEEN_MS;
    const id = `op${1_704_955_100_000 + index}`;
    records.push(...chain(id, startMs, healthyLines(index)));
  }
  records.push(...chain(FAILED_OPERATION, failedMs, failedLines()));
  return records;
}

function chain(id: string, startMs: number, lines: readonly Line[]): readonly DemoRecord[] {
  return lines.map(([afterMs, service, level, msg, more]) => ({
    ...more,
    level,
    service,
    msg,
    operationID: id,
    host: `${service}-1`,
    time: new Date(startMs + afterMs).toISOString(),
  }));
}

function entryLines(): readonly Line[] {
  return [
    [0, 'openim-msggateway', 'info', 'websocket message received type=send_msg'],
    [4, 'openim-rpc-user', 'info', 'get user info from cache'],
    [9, 'openim-rpc-msg', 'info', 'SendMsg begin', { collection: 'msg' }],
  ];
}

function healthyLines(index: number): readonly Line[] {
  return [
    ...entryLines(),
    [14 + (index % 5), 'openim-rpc-msg', 'info', 'SendMsg end code=0'],
    [22 + (index % 7), 'openim-msgtransfer', 'info', 'msg to mongo success'],
    [31 + (index % 9), 'openim-push', 'info', 'push to user online=1'],
    [33 + (index % 9), 'openim-msggateway', 'info', 'websocket message answered code=0'],
  ];
}

function failedLines(): readonly Line[] {
  return [
    ...entryLines(),
    [
      1_200,
      'openim-rpc-msg',
      'warn',
      'slow command insert collection=msg cost=1100ms pool=100/100 waiting=37',
    ],
    [
      DEADLINE_MS,
      'openim-rpc-msg',
      'error',
      'send msg failed: context deadline exceeded <script>alert(1)</script>',
      { errCode: 500 },
    ],
    [
      DEADLINE_MS + 2,
      'openim-msggateway',
      'error',
      'rpc call /openim.msg.msg/SendMsg failed code=500',
      { errCode: 500 },
    ],
  ];
}
