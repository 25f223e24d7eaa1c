import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { identifier, sql, string, type Sql } from '@tendril/sql/sql';
import {
  remoteOptions,
  startEngineFixture,
  type EngineFixture,
} from '@tendril/testkit/engine-fixture';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Engine } from '../engine.ts';
import { processStart } from '../process-identity.ts';
import { connectRemoteEngine } from '../remote/remote-engine.ts';
import { READER, SECRET_HEADER, WRITER } from './config.ts';
import type { SupervisorEvent } from './supervisor.ts';

const WAIT = { timeout: 20_000, interval: 20 };
const LIMITS = { timeoutMs: 10_000 };

describe('the embedded engine', () => {
  let fixture: EngineFixture;
  let engine: Engine;
  let events: SupervisorEvent[];

  beforeEach(async () => {
    events = [];
    fixture = await startEngineFixture({ onEvent: (event) => events.push(event) });
    engine = fixture.engine;
  });

  afterEach(() => fixture.close());

  const ask = async (statement: Sql): Promise<Record<string, unknown>[]> =>
    Array.fromAsync((await engine.query(statement, { limits: LIMITS })).rows);

  const restarted = async (pid: number): Promise<void> => {
    await vi.waitUntil(() => fixture.run().pid !== pid && engine.state() === 'ready', WAIT);
  };

  describe('when its process is killed', () => {
    test('runs again, with what was stored', async () => {
      await engine.command(sql`CREATE TABLE kept (a UInt8) ENGINE = MergeTree ORDER BY a`);
      await engine.command(sql`INSERT INTO kept VALUES (7)`);
      const { pid } = fixture.run();
      fixture.run().kill();
      await restarted(pid);
      expect(await ask(sql`SELECT a FROM kept`)).toEqual([{ a: 7 }]);
      expect(events.map((event) => event.kind)).toEqual(['ready', 'ended', 'ready']);
    });

    test('each time anew, and with other secrets', async () => {
      const secrets = new Set<string>();
      for (let round = 0; round < 3; round += 1) {
        const { pid } = fixture.run();
        secrets.add(JSON.stringify(fixture.run().secrets));
        fixture.run().kill();
        await restarted(pid);
      }
      expect(secrets.size).toBe(3);
    });

    test('answers a query that came meanwhile', async () => {
      fixture.run().kill();
      expect(await ask(sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
    });

    test('answers a query that was under way and had no row yet', async () => {
      const asking = ask(sql`SELECT sleepEachRow(1) AS ${identifier('slow_1')} FROM numbers(1)`);
      await vi.waitUntil(() => isRunning(fixture, 'slow_1'), WAIT);
      fixture.run().kill();
      expect(await asking).toEqual([{ slow_1: 0 }]);
    });

    test('fails a query whose rows were being read', async () => {
      const { rows } = await engine.query(sql`SELECT number FROM system.numbers`, {
        limits: LIMITS,
      });
      const reading = (async () => {
        for await (const row of rows) if (row['number'] === '0') fixture.run().kill();
      })();
      await expect(reading).rejects.toMatchObject({ code: 'engine_away' });
    });

    test('refuses writes at once, to be tried again by whoever knows how', async () => {
      const { pid } = fixture.run();
      fixture.run().kill();
      await vi.waitUntil(() => engine.state() === 'away' || fixture.run().pid !== pid, WAIT);
      const writing = engine.insertNative({ table: 'none', blocks: [], token: 't' });
      await expect(writing).rejects.toMatchObject({
        code: expect.stringMatching(/^(engine_away|insert_failed)$/),
      });
      await restarted(pid);
    });
  });

  test('that a stranger on the machine has crashed with garbage comes back', async () => {
    const { pid, port } = fixture.run();
    // It answers that this is no request, and crashes when nobody is there to take the answer.
    await vi.waitUntil(() => {
      const socket = connect(port, '127.0.0.1', () => socket.write('\n', () => socket.destroy()));
      socket.on('error', () => undefined);
      return fixture.run().hasEnded() || fixture.run().pid !== pid;
    }, WAIT);
    await restarted(pid);
    expect(await ask(sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
  });

  test('that is frozen is away, says so, and comes back when it goes on', async () => {
    const { pid } = fixture.run();
    process.kill(pid, 'SIGSTOP');
    await vi.waitUntil(() => engine.state() === 'away', WAIT);
    const away = { code: 'engine_away', message: expect.stringContaining('engine is away') };
    await expect(engine.command(sql`SELECT 1`)).rejects.toMatchObject(away);
    await expect(engine.query(sql`SELECT 1`, { limits: { timeoutMs: 100 } })).rejects.toMatchObject(
      away,
    );
    process.kill(pid, 'SIGCONT');
    await vi.waitUntil(() => engine.state() === 'ready', WAIT);
    expect(fixture.run().pid).toBe(pid);
    expect(await ask(sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
  });

  test('tells its listeners of each change', async () => {
    const states: string[] = [];
    const stop = engine.onStateChange((state) => states.push(state));
    const { pid } = fixture.run();
    fixture.run().kill();
    await restarted(pid);
    stop();
    fixture.run().kill();
    await vi.waitUntil(() => engine.state() === 'away', WAIT);
    expect(states).toEqual(['away', 'ready']);
  });

  test('stands a little behind its server, however far behind that one is', () => {
    expect(getPriority(fixture.run().pid)).toBe(Math.min(getPriority() + 5, 19));
  });

  test('ends its process when it is closed', async () => {
    const { pid } = fixture.run();
    await engine.close();
    expect(processStart(pid)).toBeUndefined();
    expect(engine.state()).toBe('away');
  });

  describe('its listener', () => {
    const request = (headers: Record<string, string>): Promise<Response> =>
      fetch(`http://127.0.0.1:${fixture.run().port}/?query=SELECT%20currentUser()`, { headers });
    const basic = (user: string, password: string): string =>
      `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

    test('answers nobody without the secret header, not even with a password', async () => {
      const { readerPassword } = fixture.run().secrets;
      for (const headers of [
        {},
        { [SECRET_HEADER]: 'wrong' },
        { [SECRET_HEADER]: '' },
        { Authorization: basic(READER, readerPassword) },
      ]) {
        const response = await request(headers);
        expect(response.status).toBe(404);
        expect(await response.text()).not.toContain(READER);
      }
    });

    test('answers nobody with a wrong password', async () => {
      const { headerSecret } = fixture.run().secrets;
      for (const user of [WRITER, READER]) {
        const response = await request({
          [SECRET_HEADER]: headerSecret,
          Authorization: basic(user, 'x'),
        });
        expect(response.status).toBe(403);
      }
    });

    test('lets the user of the local session read nothing of ours', async () => {
      await engine.command(sql`CREATE TABLE hidden (a UInt8) ENGINE = MergeTree ORDER BY a`);
      const { headerSecret } = fixture.run().secrets;
      const response = await fetch(
        `http://127.0.0.1:${fixture.run().port}/?query=SELECT%20*%20FROM%20tendril.hidden`,
        { headers: { [SECRET_HEADER]: headerSecret } },
      );
      expect(await response.text()).toContain('ACCESS_DENIED');
    });
  });

  test('keeps its secrets to files of its own', () => {
    const { secrets } = fixture.run();
    const run = join(fixture.directory, 'run');
    expect(statSync(run).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(run)) {
      expect(statSync(join(run, file)).mode & 0o777).toBe(0o600);
    }
    expect(readFileSync(join(run, 'users.xml'), 'utf8')).not.toContain(secrets.writerPassword);
  });

  test.runIf(process.platform === 'linux')(
    'has no secrets in its arguments and environment',
    () => {
      const { pid, secrets } = fixture.run();
      const visible = ['cmdline', 'environ'].map((name) =>
        readFileSync(`/proc/${pid}/${name}`, 'utf8'),
      );
      expect(visible[0]).toContain('--http_port');
      for (const secret of Object.values(secrets)) expect(visible.join()).not.toContain(secret);
    },
  );
});

test('an engine whose server was killed ends too', async () => {
  const fixtureModule = import.meta.resolve('@tendril/testkit/engine-fixture');
  const script = `import { startEngineFixture } from ${JSON.stringify(fixtureModule)};
    const fixture = await startEngineFixture();
    console.log(fixture.run().pid, fixture.directory);`;
  const server = spawn(
    process.execPath,
    ['--conditions=source', '--input-type=module', '-e', script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const line = String((await once(createInterface(server.stdout), 'line'))[0]);
  const [pidText = '', directory = ''] = line.split(' ');
  const enginePid = Number(pidText);
  expect(processStart(enginePid)).toBeDefined();
  server.kill('SIGKILL');
  await vi.waitUntil(() => processStart(enginePid) === undefined, WAIT);
  rmSync(directory, { recursive: true, force: true });
});

test('a library that cannot be loaded fails the start, and says what to do', async () => {
  const library = join(import.meta.dirname, 'library.ts');
  await expect(startEngineFixture({ libraryPath: library })).rejects.toMatchObject({
    code: 'engine_library_unloadable',
    message: expect.stringMatching(/library\.ts cannot be loaded: .*--clickhouse URL/s),
  });
});

test('an engine that cannot start is tried on and on, and the server goes on without it', async () => {
  const events: SupervisorEvent[] = [];
  const fixture = await startEngineFixture({
    // The engine refuses a limit that it cannot keep.
    memoryBytesMax: Number.NaN,
    startWaitMs: 200,
    onEvent: (event) => events.push(event),
  });
  expect(fixture.engine.state()).not.toBe('ready');
  await vi.waitUntil(() => events.filter((event) => event.kind === 'ended').length >= 3, WAIT);
  await fixture.close();
  expect(events.some((event) => event.kind === 'ready')).toBe(false);
});

async function isRunning(fixture: EngineFixture, marker: string): Promise<boolean> {
  const { readUser: _, ...asWriter } = remoteOptions(fixture.run());
  const admin = connectRemoteEngine(asWriter);
  try {
    await admin.whenReady(5_000);
    const { rows } = await admin.query(
      sql`SELECT 1 FROM system.processes
WHERE position(query, ${string(marker)}) > 0 AND position(query, 'system.processes') = 0`,
      { limits: LIMITS },
    );
    return (await Array.fromAsync(rows)).length > 0;
  } finally {
    await admin.close();
  }
}
