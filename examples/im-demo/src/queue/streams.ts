/** The queue's streams and who reads each. */
const GROUPS = [
  ['toRedis', 'redis'],
  ['toMongo', 'mongo'],
  ['toPush', 'push'],
] as const;

/** Commands for a Redis that has just started. */
export const CREATE_GROUPS: readonly (readonly string[])[] = GROUPS.map(([stream, group]) => [
  'XGROUP',
  'CREATE',
  stream,
  group,
  '$',
  'MKSTREAM',
]);
