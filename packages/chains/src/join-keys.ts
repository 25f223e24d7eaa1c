/** Ids by which records belong together when the operation's id is lost: in a batch, in a queue. */
import type { Attributes } from '@tendril/model/attribute';

/** Attributes whose value names one message, request or batch. */
export const JOIN_KEYS = [
  'clientMsgID',
  'clientMsgIDs',
  'serverMsgID',
  'msgID',
  'msgId',
  'msg_id',
  'messageID',
  'messageId',
  'message_id',
  'messaging.message.id',
  'requestID',
  'requestId',
  'request_id',
  'batchID',
  'batchId',
  'batch_id',
  'triggerID',
] as const;

const NAMES: ReadonlySet<string> = new Set(JOIN_KEYS);
/** In texts such as prototext, `clientMsgID:"70cacda7…"`, or JSON. */
const IN_TEXT =
  /\b(?:clientMsgID|serverMsgID|msgID|message_id|messageId|request_id|requestID)"?\s?[:=]\s?"?([\w-]{8,64})/g;
/** Shorter values are counters. */
const VALUE_LENGTH_MIN = 8;
const VALUE_LENGTH_MAX = 128;
const VALUES_OF_ONE_MAX = 200;
const TEXT_LENGTH_MAX = 4_096;

/** Values by which a record can be joined, at most so many. */
export function joinValues(attributes: Attributes): readonly string[] {
  const values = new Set<string>();
  for (const [key, value] of Object.entries(attributes)) {
    if (values.size >= VALUES_OF_ONE_MAX) break;
    if (NAMES.has(key))
      for (const one of Array.isArray(value) ? value : [value]) add(values, String(one));
    else if (typeof value === 'string') addFromText(values, value);
  }
  return [...values];
}

/** The values of one attribute as it is stored: text, or the JSON of an array. */
export function joinValuesOfText(text: string): readonly string[] {
  const values = new Set<string>();
  for (const [value] of text.matchAll(/[\w-]{8,128}/g)) {
    if (values.size >= VALUES_OF_ONE_MAX) break;
    add(values, value);
  }
  return [...values];
}

function addFromText(values: Set<string>, text: string): void {
  if (!text.includes('sg') && !text.includes('equest')) return;
  for (const [, value = ''] of text.slice(0, TEXT_LENGTH_MAX).matchAll(IN_TEXT)) {
    if (values.size >= VALUES_OF_ONE_MAX) return;
    add(values, value);
  }
}

function add(values: Set<string>, value: string): void {
  if (value.length >= VALUE_LENGTH_MIN && value.length <= VALUE_LENGTH_MAX) values.add(value);
}
