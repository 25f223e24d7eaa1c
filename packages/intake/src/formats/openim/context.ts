/**
 * The fields at the end of an OpenIM record: the JSON that zap's console encoder appends and, without its
 * head, that of its JSON encoder. Keys stay as they are written, `msg`, `time` and `level` among them:
 * there they are fields. Of a key written twice the first value stays: the context's go before a
 * call site's.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import { topLevelEntries } from '../json-entries.ts';
import { addNested, isDeeperThan, isMap, type JsonMap } from '../json-fields.ts';
import { parseJson } from '../json-text.ts';

export type ContextFields = Map<string, AttributeValue>;

/** Adds what the JSON holds; false when it is not JSON, or nested too deeply. */
export function addContext(json: string, fields: ContextFields): boolean {
  const map = parseJson(json);
  if (!isMap(map)) return false;
  if (repeatsOperation(json, map)) {
    for (const [name, value] of topLevelEntries(json)) {
      if (!fields.has(name)) addNested(value, name, (key, leaf) => fields.set(key, leaf));
    }
    return true;
  }
  // The hot path, `npm run bench -- lines`: no entries are made, plain values are not looked into.
  for (const name in map) {
    const value = map[name];
    if (typeof value === 'string' || typeof value === 'number') fields.set(name, value);
    else if (isDeeperThan(value, DEFAULT_LIMITS.nestingDepthMax - 1)) return false;
    else addNested(value, name, (key, leaf) => fields.set(key, leaf));
  }
  return true;
}

const OPERATION = '"operationID":';

// HTTP records name it twice. Mostly it is the same one, and then the last value is as good.
function repeatsOperation(json: string, map: JsonMap): boolean {
  const first = json.indexOf(OPERATION);
  if (first < 0 || json.indexOf(OPERATION, first + OPERATION.length) < 0) return false;
  const value = first + OPERATION.length;
  const last = `"${String(map['operationID'])}"`;
  return !json.startsWith(last, value) && !json.startsWith(last, value + 1);
}

const PAIR = /[{,] ?("(?:[^"\\]|\\.){1,256}"): ?("(?:[^"\\]|\\.)*"|-?[\d.]{1,40}|true|false)/y;

/** What can be read of JSON whose end is missing: a line that was cut by whoever carried it. */
export function addCutContext(json: string, fields: ContextFields): void {
  PAIR.lastIndex = 0;
  for (let pair = PAIR.exec(json); pair; pair = PAIR.exec(json)) {
    const [, name = '', value = ''] = pair;
    addContext(`{${name}:${value}}`, fields);
  }
}
