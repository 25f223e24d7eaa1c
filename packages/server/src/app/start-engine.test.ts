import { join } from 'node:path';
import { startEngineFixture } from '@tendril/testkit/engine-fixture';
import { describe, expect, test } from 'vitest';
import { createLogger } from '../telemetry/logger.ts';
import { prepareSchema } from './start-engine.ts';

describe('the schema', () => {
  test('is made ready although the engine dies meanwhile', async () => {
    const fixture = await startEngineFixture();
    const file = join(fixture.directory, 'server.log');
    const schema = prepareSchema(fixture.engine, 30, createLogger({ level: 'warn', file }));
    process.kill(fixture.run().pid, 'SIGKILL');
    await schema.ready;
    expect(schema.isReady()).toBe(true);
    await fixture.close();
  });
});
