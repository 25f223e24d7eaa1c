/**
 * What the generated load talks about: an instant-messaging back end with a dozen services. 240
 * message templates, a fifth of them Chinese, built from phrases so that their words vary as in
 * real logs. `{n}` is a six-digit number, `{h}` eight hex digits; both differ in every record.
 */
export const SERVICES = [
  'openim-api',
  'openim-msggateway',
  'openim-msgtransfer',
  'openim-push',
  'openim-rpc-auth',
  'openim-rpc-conversation',
  'openim-rpc-friend',
  'openim-rpc-group',
  'openim-rpc-msg',
  'openim-rpc-third',
  'openim-rpc-user',
  'openim-crontask',
  'chat-api',
  'chat-rpc',
] as const;

export const HOSTS: readonly string[] = Array.from(
  { length: 8 },
  (_, index) => `node-${index + 1}`,
);

const SUBJECTS = [
  'rpc server request',
  'websocket message received',
  'msg to mongo',
  'push to user',
  'conversation seq updated',
  'heartbeat from client',
  'kafka batch consumed',
  'redis pipeline executed',
  'token parsed',
  'offline push queued',
  'group member cache refreshed',
  'friend list synced',
] as const;

const OUTCOMES = [
  'success type=status_update conn={h} bytes={n}',
  'begin seq={n} shard={h}',
  'done in batch {n} key=conv_{h}',
  'cost {n}us user={n} pool idle',
  'failed: context deadline exceeded, attempt {n}, trace={h}',
  'slow command insert collection=msg ns={n} plan={h}',
  'retry later queue=msgToPush offset={n} lag small {h}',
  'ignored duplicate clientMsgID {h}{h} index {n}',
  'cache miss key=UID_TOKEN_STATUS:{n}:{h}',
  'reply code=0 size={n} etag={h}',
  'connection closed code=1006 reason=abnormal {h} after {n} frames',
  'limits ok rate={n} window=60s bucket {h}',
  'scheduled task {h} fired, next in {n} ms',
  'version mismatch client 3.8.{n} schema {h}',
  'rotated segment {n} to archive-{h}',
  'handshake from 10.2.{n} agent Chrome/{n} id {h}',
] as const;

const CHINESE_SUBJECTS = [
  '用户上线通知',
  '消息发送',
  '群成员变更',
  '离线推送',
  '会话同步',
  '登录校验',
] as const;

const CHINESE_OUTCOMES = [
  '成功 序号 {n} 连接 {h}',
  '失败:数据库超时 重试第 {n} 次 {h}',
  '我们正在使用备用线路 编号 {n} 标识 {h}',
  '已忽略重复请求 {h} 数量 {n}',
  '耗时 {n} 微秒 分片 {h}',
  '等待中 队列长度 {n} 批次 {h}',
  '完成 共 {n} 条 校验 {h}',
  '状态更新 机器人 {n} 令牌摘要 {h}',
] as const;

/** 192 English and 48 Chinese templates. */
export const TEMPLATES: readonly string[] = [
  ...SUBJECTS.flatMap((subject) => OUTCOMES.map((outcome) => `${subject} ${outcome}`)),
  ...CHINESE_SUBJECTS.flatMap((subject) =>
    CHINESE_OUTCOMES.map((outcome) => `${subject}${outcome}`),
  ),
];

export const CALLERS: readonly string[] = Array.from(
  { length: 120 },
  (_, index) =>
    `${['msg', 'push', 'user', 'group', 'conn', 'cache'][index % 6] ?? ''}/${
      ['server', 'client', 'handler', 'batch'][index % 4] ?? ''
    }.go:${20 + index * 7}`,
);

/** Of 100 records: 70 info, 18 debug, 8 warn, 4 error. */
export const SEVERITY_MIX: readonly (readonly [text: string, number: number, share: number])[] = [
  ['INFO', 9, 70],
  ['DEBUG', 5, 18],
  ['WARN', 13, 8],
  ['ERROR', 17, 4],
];
