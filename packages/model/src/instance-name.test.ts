import { expect, test } from 'vitest';
import { instanceName } from './instance-name.ts';

test.each([
  ['mongodb', 'im-db-2', 'mongodb im-db-2'],
  ['openim-push', 'openim-push-1', 'openim-push-1'],
  ['openim-push', 'openim-pusher', 'openim-push openim-pusher'],
  ['redis', 'redis', 'redis'],
  ['redis', '', 'redis'],
  ['', '10.0.0.7:6379', '10.0.0.7:6379'],
])('%s and %s are %s', (service, instance, name) => {
  expect(instanceName(service, instance)).toBe(name);
});
