/**
 * The field registry: one table from which query checking, completion, facets, export and writers
 * derive. What is not in it is an attribute or a resource attribute under its own key.
 */
export type FieldType =
  /** Words, case-insensitive. */
  | 'text'
  /** Exact, case-sensitive. */
  | 'keyword'
  /** Exact and of high cardinality: has an index, never a facet by default. */
  | 'id'
  | 'severity'
  | 'number'
  | 'duration'
  | 'time';

export interface Field {
  /** Canonical, as the query language prints it. */
  readonly name: string;
  readonly column: string;
  readonly type: FieldType;
  /** Other names the query language takes. Compared without case. */
  readonly aliases: readonly string[];
  /**
   * Attribute keys whose value fills the column, first found wins; compared exactly. Empty for
   * columns that the protocols fill themselves.
   */
  readonly sourceKeys: readonly string[];
  readonly label: { readonly en: string; readonly zh: string };
}

export const LOG_FIELDS: readonly Field[] = [
  {
    name: 'timestamp',
    column: 'Timestamp',
    type: 'time',
    aliases: ['@timestamp', 'time', '_time', 'ts'],
    sourceKeys: [],
    label: { en: 'Time', zh: '时间' },
  },
  {
    name: 'observedTimestamp',
    column: 'ObservedTimestamp',
    type: 'time',
    aliases: ['observed_timestamp', 'observed'],
    sourceKeys: [],
    label: { en: 'Received', zh: '接收时间' },
  },
  {
    name: 'level',
    column: 'SeverityNumber',
    type: 'severity',
    aliases: ['severity', 'severityText', 'severity_text', 'log.level', 'detected_level', 'lvl'],
    sourceKeys: [],
    label: { en: 'Level', zh: '级别' },
  },
  {
    name: 'severityNumber',
    column: 'SeverityNumber',
    type: 'number',
    aliases: ['severity_number'],
    sourceKeys: [],
    label: { en: 'Severity number', zh: '级别编号' },
  },
  {
    name: 'body',
    column: 'Body',
    type: 'text',
    aliases: ['message', 'msg', '_msg', 'log'],
    sourceKeys: [],
    label: { en: 'Message', zh: '消息' },
  },
  {
    name: 'original',
    column: 'Original',
    type: 'text',
    aliases: ['event.original', 'log.record.original', 'raw'],
    sourceKeys: ['log.record.original'],
    label: { en: 'Original line', zh: '原始行' },
  },
  {
    name: 'service.name',
    column: 'ServiceName',
    type: 'keyword',
    aliases: ['service', 'service_name', 'serviceName'],
    sourceKeys: [],
    label: { en: 'Service', zh: '服务' },
  },
  {
    name: 'environment',
    column: 'Environment',
    type: 'keyword',
    aliases: ['env', 'deployment.environment.name', 'deployment.environment'],
    sourceKeys: [],
    label: { en: 'Environment', zh: '环境' },
  },
  {
    name: 'event.name',
    column: 'EventName',
    type: 'keyword',
    aliases: ['eventName', 'event_name'],
    sourceKeys: [],
    label: { en: 'Event', zh: '事件' },
  },
  {
    name: 'scope.name',
    column: 'ScopeName',
    type: 'keyword',
    aliases: ['scope', 'logger', 'scope_name'],
    sourceKeys: [],
    label: { en: 'Logger', zh: '记录器' },
  },
  {
    name: 'traceId',
    column: 'TraceId',
    type: 'id',
    aliases: ['trace_id', 'trace', 'trace.id'],
    sourceKeys: ['trace_id', 'traceId', 'traceID', 'trace.id', 'TraceId', 'traceid'],
    label: { en: 'Trace', zh: '链路' },
  },
  {
    name: 'spanId',
    column: 'SpanId',
    type: 'id',
    aliases: ['span_id', 'span', 'span.id'],
    sourceKeys: ['span_id', 'spanId', 'spanID', 'span.id', 'SpanId', 'spanid'],
    label: { en: 'Span', zh: '跨度' },
  },
  {
    name: 'operationId',
    column: 'OperationId',
    type: 'id',
    aliases: ['operationID', 'operation_id', 'opid', 'operation', 'operation.id'],
    sourceKeys: [
      'operationID',
      'operationId',
      'operation_id',
      'OperationID',
      'opid',
      'operation.id',
    ],
    label: { en: 'Operation', zh: '操作' },
  },
  {
    name: 'userId',
    column: 'UserId',
    type: 'id',
    aliases: ['userID', 'user_id', 'user', 'uid', 'user.id', 'enduser.id'],
    sourceKeys: [
      'userID',
      'userId',
      'user_id',
      'opUserID',
      'UserID',
      'sendID',
      'user.id',
      'enduser.id',
      'uid',
    ],
    label: { en: 'User', zh: '用户' },
  },
  {
    name: 'connectionId',
    column: 'ConnectionId',
    type: 'id',
    aliases: ['connID', 'conn_id', 'connection_id', 'connectionID', 'conn', 'connection'],
    sourceKeys: [
      'connID',
      'connId',
      'conn_id',
      'connectionID',
      'connectionId',
      'connection_id',
      'Connection-ID',
    ],
    label: { en: 'Connection', zh: '连接' },
  },
  {
    name: 'conversationId',
    column: 'ConversationId',
    type: 'id',
    aliases: ['conversationID', 'conversation_id', 'conversation'],
    sourceKeys: ['conversationID', 'conversationId', 'conversation_id'],
    label: { en: 'Conversation', zh: '会话' },
  },
  {
    name: 'errorCode',
    column: 'ErrorCode',
    type: 'keyword',
    aliases: ['errCode', 'error_code', 'err_code', 'error.code'],
    sourceKeys: ['errCode', 'errorCode', 'error_code', 'err_code', 'error.code'],
    label: { en: 'Error code', zh: '错误码' },
  },
  {
    name: 'caller',
    column: 'Caller',
    type: 'keyword',
    aliases: ['code.caller', 'source'],
    sourceKeys: ['code.caller', 'caller'],
    label: { en: 'Caller', zh: '调用位置' },
  },
  {
    name: 'duration',
    column: 'DurationNs',
    type: 'duration',
    aliases: ['cost', 'elapsed', 'took', 'durationNs'],
    sourceKeys: [
      'cost',
      'duration',
      'elapsed',
      'cost time',
      'time cost',
      'elapsed time',
      'latency',
      'duration_ms',
      'latency_ms',
      'elapsed_ms',
      'elapsed_secs',
      'took',
      'took_ms',
      'cost_ms',
      'duration_us',
      'elapsed_us',
      'latency_us',
      'durationMs',
      'durationMillis',
      'elapsedMs',
      'costMs',
      'latencyMs',
      'responseTime',
    ],
    label: { en: 'Duration', zh: '耗时' },
  },
  {
    name: 'patternId',
    column: 'PatternId',
    type: 'id',
    aliases: ['pattern', 'pattern_id'],
    sourceKeys: [],
    label: { en: 'Pattern', zh: '模式' },
  },
  {
    name: 'id',
    column: 'RecordId',
    type: 'id',
    aliases: ['_id', 'recordId', 'record_id'],
    sourceKeys: [],
    label: { en: 'Record', zh: '日志编号' },
  },
];

const BY_NAME: ReadonlyMap<string, Field> = new Map(
  LOG_FIELDS.flatMap((field) =>
    [field.name, ...field.aliases].map((name) => [name.toLowerCase(), field] as const),
  ),
);

/** The registered field of a name or alias, in any case. */
export function logFieldOf(name: string): Field | undefined {
  return BY_NAME.get(name.toLowerCase());
}

const BY_SOURCE_KEY: ReadonlyMap<string, Field> = new Map(
  LOG_FIELDS.flatMap((field) => field.sourceKeys.map((key) => [key, field] as const)),
);

/** The field whose column an attribute of this key fills. */
export function logFieldOfSourceKey(key: string): Field | undefined {
  return BY_SOURCE_KEY.get(key);
}

/** The field of logs with this name, for spans too; what differs is given. */
function shared(name: string, changes: Partial<Field> = {}): Field {
  const field = LOG_FIELDS.find((each) => each.name === name);
  if (!field) throw new TypeError(`there is no field ${name}`);
  return { ...field, ...changes };
}

export const SPAN_FIELDS: readonly Field[] = [
  shared('timestamp', { aliases: ['@timestamp', 'time', '_time', 'ts', 'start', 'startTime'] }),
  {
    name: 'duration',
    column: 'Duration',
    type: 'duration',
    aliases: ['durationNs', 'elapsed', 'took', 'latency'],
    sourceKeys: [],
    label: { en: 'Duration', zh: '耗时' },
  },
  {
    name: 'name',
    column: 'SpanName',
    type: 'keyword',
    aliases: ['span.name', 'span_name', 'spanName', 'operation', 'operation.name', 'operationName'],
    sourceKeys: [],
    label: { en: 'Operation name', zh: '操作名' },
  },
  {
    name: 'kind',
    column: 'SpanKind',
    type: 'keyword',
    aliases: ['span.kind', 'span_kind', 'spanKind'],
    sourceKeys: [],
    label: { en: 'Kind', zh: '类型' },
  },
  {
    name: 'status',
    column: 'StatusCode',
    type: 'keyword',
    aliases: ['status.code', 'status_code', 'statusCode', 'otel.status_code'],
    sourceKeys: [],
    label: { en: 'Status', zh: '状态' },
  },
  {
    name: 'statusMessage',
    column: 'StatusMessage',
    type: 'text',
    aliases: ['status.message', 'status_message', 'otel.status_description', 'message', 'body'],
    sourceKeys: [],
    label: { en: 'Status message', zh: '状态信息' },
  },
  shared('service.name'),
  shared('environment'),
  shared('scope.name', { aliases: ['scope', 'library', 'scope_name', 'otel.scope.name'] }),
  shared('traceId', { sourceKeys: [] }),
  shared('spanId', { sourceKeys: [] }),
  {
    name: 'parentSpanId',
    column: 'ParentSpanId',
    type: 'id',
    aliases: ['parent_span_id', 'parentId', 'parent', 'parent.id'],
    sourceKeys: [],
    label: { en: 'Parent span', zh: '父跨度' },
  },
  {
    name: 'traceState',
    column: 'TraceState',
    type: 'keyword',
    aliases: ['trace_state', 'w3c.tracestate'],
    sourceKeys: [],
    label: { en: 'Trace state', zh: '链路状态' },
  },
  shared('operationId', { aliases: ['operationID', 'operation_id', 'opid', 'operation.id'] }),
  shared('userId'),
  shared('connectionId'),
  shared('conversationId'),
  shared('errorCode'),
  shared('caller'),
  shared('id', { label: { en: 'Span record', zh: '跨度编号' } }),
];

const SPAN_BY_NAME: ReadonlyMap<string, Field> = new Map(
  SPAN_FIELDS.flatMap((field) =>
    [field.name, ...field.aliases].map((name) => [name.toLowerCase(), field] as const),
  ),
);

/** The registered field of spans of a name or alias, in any case. */
export function spanFieldOf(name: string): Field | undefined {
  return SPAN_BY_NAME.get(name.toLowerCase());
}

const SPAN_BY_SOURCE_KEY: ReadonlyMap<string, Field> = new Map(
  SPAN_FIELDS.flatMap((field) => field.sourceKeys.map((key) => [key, field] as const)),
);

/** The field whose column an attribute of a span of this key fills. */
export function spanFieldOfSourceKey(key: string): Field | undefined {
  return SPAN_BY_SOURCE_KEY.get(key);
}

/** Attributes that Tendril's own formats add to what a line says, and how people call them. */
const ATTRIBUTE_LABELS: Readonly<Record<string, Field['label']>> = {
  // `refusal`: a request was answered with no, as it should be (blocked by the peer, token expired).
  // `fault`: something is broken. `noise`: the logger complains about how it is called. The severity
  // stays what the source says: it logs refusals as errors.
  'error.kind': { en: 'Refusal or fault', zh: '拒绝或故障' },
  'log.source': { en: 'Side of the SDK', zh: 'SDK 端' },
  'robot.id': { en: 'Robot', zh: '机器人' },
  'robot.name': { en: 'Name of the robot', zh: '机器人名称' },
  'exception.stacktrace': { en: 'Stack trace', zh: '堆栈' },
  'exception.type': { en: 'Exception', zh: '异常' },
  'exception.message': { en: 'Message of the exception', zh: '异常信息' },
  'websocket.close.code': { en: 'Close code', zh: '关闭码' },
  'client.address': { en: 'Client address', zh: '客户端地址' },
  'http.request.method': { en: 'Method', zh: '请求方法' },
  'http.response.status_code': { en: 'HTTP status', zh: 'HTTP 状态码' },
  'url.path': { en: 'Path', zh: '路径' },
  'thread.name': { en: 'Thread', zh: '线程' },
  'code.namespace': { en: 'Module', zh: '模块' },
};

const LABEL_OF_ATTRIBUTE: ReadonlyMap<string, Field['label']> = new Map(
  Object.entries(ATTRIBUTE_LABELS),
);

/** Undefined for attributes that are called by their key. */
export function attributeLabelOf(key: string): Field['label'] | undefined {
  return LABEL_OF_ATTRIBUTE.get(key);
}

/** The fields of one kind of record, as query checking sees them. */
export interface FieldRegistry {
  readonly fields: readonly Field[];
  /** The registered field of a name or alias, in any case. */
  readonly of: (name: string) => Field | undefined;
  /** The field whose column an attribute of this key fills. */
  readonly ofSourceKey: (key: string) => Field | undefined;
  /** Columns whose words a value without a field is looked for in. */
  readonly texts: readonly TextColumn[];
}

/** Columns of text that is searched by words. */
export type TextColumn = 'Body' | 'Original' | 'SpanName' | 'StatusMessage';

export const LOG_REGISTRY: FieldRegistry = {
  fields: LOG_FIELDS,
  of: logFieldOf,
  ofSourceKey: logFieldOfSourceKey,
  texts: ['Body'],
};

export const SPAN_REGISTRY: FieldRegistry = {
  fields: SPAN_FIELDS,
  of: spanFieldOf,
  ofSourceKey: spanFieldOfSourceKey,
  texts: ['SpanName', 'StatusMessage'],
};
