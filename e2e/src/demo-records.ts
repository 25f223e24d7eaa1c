/**
 * Records of a small IM back end in which the database gets slow for a while: what the tests search
 * for and the screenshots show. The same records every time, but for the time they end at.
 */
export interface DemoRecord {
  readonly time: string;
  readonly level: string;
  readonly service: string;
  readonly msg: string;
  readonly [attribute: string]: string | number | boolean;
}

export interface DemoOptions {
  readonly count: number;
  readonly endMs: number;
  readonly spanMs: number;
}

/** xorshift: small, and the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

type Draw = (random: () => number) => Omit<DemoRecord, 'time'>;

const number = (random: () => number, max: number): number => Math.floor(random() * max);
const pick = <Item>(random: () => number, items: readonly Item[]): Item | undefined =>
  items[number(random, items.length)];
const hex = (random: () => number, digits: number): string =>
  Array.from({ length: digits }, () => number(random, 16).toString(16)).join('');
const operation = (random: () => number): string => `op${1704955000000 + number(random, 9_000)}`;
const user = (random: () => number): string => String(4_821_900 + number(random, 400));

const CALM: readonly Draw[] = [
  (random) => ({
    level: 'info',
    service: 'openim-api',
    msg: `POST /msg/send_msg 200 ${20 + number(random, 40)}ms "okhttp/4.9" ${300 + number(random, 90)}`,
    operationID: operation(random),
    userID: user(random),
    status: 200,
  }),
  (random) => ({
    level: 'info',
    service: 'openim-msggateway',
    msg: `websocket message received type=${pick(random, ['send_msg', 'heartbeat', 'pull_msg']) ?? ''} bytes=${number(random, 900)}`,
    connID: hex(random, 10),
    operationID: operation(random),
    userID: user(random),
  }),
  (random) => ({
    level: 'info',
    service: 'openim-msgtransfer',
    msg: `msg to mongo success seq=${number(random, 99_999)} count=${number(random, 40)}`,
    conversationID: `si_${number(random, 9_999)}_${number(random, 99_999)}`,
    operationID: operation(random),
  }),
  (random) => ({
    level: 'info',
    service: 'openim-push',
    msg: `push to user ${user(random)} platform ${pick(random, ['Android', 'iOS', 'Web', 'Windows']) ?? ''} online=${number(random, 2)}`,
    operationID: operation(random),
    userID: user(random),
  }),
  (random) => ({
    level: 'info',
    service: 'openim-rpc-msg',
    msg: `消息发送成功 用户=${user(random)} 会话=sg_${number(random, 99_999)} 耗时=${20 + number(random, 30)}ms`,
    operationID: operation(random),
    userID: user(random),
  }),
  (random) => ({
    level: 'debug',
    service: 'openim-rpc-user',
    msg: `get user info userID=${user(random)} from cache hit=${number(random, 2)}`,
    userID: user(random),
  }),
  (random) => ({
    level: 'info',
    service: 'openim-msgtransfer',
    msg: `kafka consumer partition=${number(random, 8)} offset=${88_000_000 + number(random, 999_999)} lag=${number(random, 9)}`,
  }),
];

const TROUBLE: readonly Draw[] = [
  (random) => ({
    level: 'error',
    service: 'openim-rpc-msg',
    msg: 'send msg failed: context deadline exceeded err=mongo: insert msg: server selection timeout 5000ms',
    operationID: operation(random),
    userID: user(random),
    errCode: 500,
    cost: `${5_000 + number(random, 90)}ms`,
    caller: 'msg/send.go:218',
    trace_id: hex(random, 32),
  }),
  (random) => ({
    level: 'error',
    service: 'openim-msggateway',
    msg: `rpc call /openim.msg.msg/SendMsg failed code=500 cost=${5_000 + number(random, 90)}.1ms`,
    operationID: operation(random),
    errCode: 500,
  }),
  (random) => ({
    level: 'warn',
    service: 'openim-rpc-msg',
    msg: `slow command insert collection=msg cost=${3_000 + number(random, 2_000)}ms pool=100/100 waiting=${number(random, 60)}`,
    operationID: operation(random),
  }),
  (random) => ({
    level: 'error',
    service: 'msg-server',
    msg: `数据库连接失败: 连接超时 host=im-db-2 重试=${number(random, 5)}`,
    operationID: operation(random),
    errCode: 1501,
  }),
];

/** Trouble from 70 to 85 % of the span. */
export function demoRecords({ count, endMs, spanMs }: DemoOptions): readonly DemoRecord[] {
  const random = randomFrom(20_261_121);
  return Array.from({ length: count }, (_, index) => {
    const share = index / count;
    const isTrouble = share > 0.7 && share < 0.85;
    const draws = random() < (isTrouble ? 0.4 : 0.02) ? TROUBLE : CALM;
    const drawn = pick(random, draws)?.(random);
    const timeMs = endMs - spanMs + share * spanMs;
    return {
      level: 'info',
      service: 'openim-api',
      msg: '',
      ...drawn,
      time: new Date(timeMs)
        .toISOString()
        .replace('Z', `${String(index % 1_000_000).padStart(6, '0')}Z`),
      host: `node-${1 + (index % 8)}`,
    };
  });
}

/** As lines for the ingest route, one request per service. */
export function asLines(records: readonly DemoRecord[]): ReadonlyMap<string, string> {
  const lines = new Map<string, string[]>();
  for (const { service, ...record } of records) {
    const line = JSON.stringify(record);
    const known = lines.get(service);
    if (known) known.push(line);
    else lines.set(service, [line]);
  }
  return new Map([...lines].map(([service, each]) => [service, `${each.join('\n')}\n`]));
}
