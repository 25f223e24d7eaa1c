/** Changes over a real engine: told ones, inferred ones, and that inferring again changes nothing. */
import { createClient, type Client } from '@tendril/api/client';
import type { Change } from '@tendril/api/changes';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let fixture: ServerFixture;
let api: Client;

beforeAll(async () => {
  fixture = await startServerFixture();
  api = createClient({ baseUrl: fixture.server.url });
});
afterAll(() => fixture.close());

async function listed(service: string): Promise<readonly Change[]> {
  return (await api.listChanges({ from: 'now-1h', to: 'now+1h', service })).changes;
}

describe('changes that are told', () => {
  test('are listed newest first, with those that concern every service', async () => {
    await api.addChange({ kind: 'deploy', title: 'deploy 2', service: 'push', at: 'now-10m' });
    await api.addChange({ kind: 'config', title: "quota ' 消息", service: 'push', after: '8' });
    await api.addChange({ kind: 'other', title: 'network', at: 'now-20m' });
    await api.addChange({ kind: 'deploy', title: 'another', service: 'auth' });
    const changes = await listed('push');
    expect(changes.map(({ title }) => title)).toEqual(["quota ' 消息", 'deploy 2', 'network']);
    expect(changes[0]).toMatchObject({
      kind: 'config',
      after: '8',
      origin: 'reported',
      before: '',
    });
  });

  test('a link that could be run is refused', async () => {
    const change = { kind: 'deploy', title: 'x', url: 'javascript:alert(1)' } as const;
    await expect(api.addChange(change)).rejects.toMatchObject({ code: 'bad_request' });
  });

  test('a time that is none is refused', async () => {
    const change = { kind: 'deploy', title: 'x', at: 'yesterday-ish' } as const;
    await expect(api.addChange(change)).rejects.toMatchObject({ code: 'bad_time' });
  });
});
