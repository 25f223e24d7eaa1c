import { join } from 'node:path';
import { startEngineFixture } from '@tendril/testkit/engine-fixture';
import { describe, expect, test } from 'vitest';
import { createLogger } from '../telemetry/logger.ts';
import { prepareSchema } from './start-engine.ts';

describe('the schema', () => {
  test('is made ready although the engine dies meanwhile', async () => {
    const fixture = await startEngineFixture();
    const file = join(fixture.directory, 'server.log');
    const schema = prepareSchema(fixture.engine, {
      retentionDays: 30,
      logger: createLogger({ level: 'warn', file }),
      signal: new AbortController().signal,
    });
    process.kill(fixture.run().pid, 'SIGKILL');
    await schema.ready;
    expect(schema.isReady()).toBe(true);
    await fixture.close();
  });

  test('is given up when the server stops before the engine has answered', async () => {
    const fixture = await startEngineFixture();
    const stopping = new AbortController();
    const file = join(fixture.directory, 'server.log');
    const schema = prepareSchema(fixture.engine, {
      retentionDays: 30,
      logger: createLogger({ level: 'error', file }),
      signal: stopping.signal,
    });
    stopping.abort();
    await fixture.engine.close();
    await expect(schema.ready).rejects.toThrow();
    await fixture.close();
  });
});
