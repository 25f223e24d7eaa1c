import { startServerFixture } from '@tendril/testkit/server-fixture';
import { describe, expect, test } from 'vitest';

describe('a server', () => {
  test('does not wait for live tails when it stops', async () => {
    const fixture = await startServerFixture();
    const tail = await fetch(`${fixture.server.url}/api/v1/logs/tail?query=`);
    const reader = tail.body?.getReader();
    const first = await reader?.read();
    expect(new TextDecoder().decode(first?.value)).toContain('ready');
    // Far longer than the test may take: a server that waited for the tail would not stop in time.
    await fixture.server.close(600_000);
    expect((await reader?.read())?.done).toBe(true);
    await fixture.close();
  });
});
