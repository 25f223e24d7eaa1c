/** Tags of a LogRecord's fields in protobuf (logs/v1): field number times 8 plus wire type. */
export const RECORD = {
  time: 9,
  severityNumber: 16,
  severityText: 26,
  body: 42,
  attribute: 50,
  droppedAttributes: 56,
  flags: 69,
  traceId: 74,
  spanId: 82,
  observedTime: 89,
  eventName: 98,
} as const;
