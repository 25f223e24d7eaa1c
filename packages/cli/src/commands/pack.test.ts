import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli, type CliRun } from '../testing/run-cli.ts';

describe('tendril pack', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tendril-pack-'));
    mkdirSync(join(folder, 'packs/gate'), { recursive: true });
    writeFileSync(join(folder, 'packs/gate/pack.yaml'), 'title: { en: Gate, zh: 闸机 }\n');
    writeFileSync(
      join(folder, 'packs/gate/formats.yaml'),
      "- id: gate\n  title: Gate\n  line: '^gate (?<body>.*)$'\n  examples:\n    - line: gate opens\n",
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function pack(...args: readonly string[]): Promise<CliRun> {
    return await runCli(['pack', ...args], { environment: { TENDRIL_DATA_DIR: folder } });
  }

  test('lists what comes with Tendril and what the data directory has', async () => {
    const { code, stdout } = await pack('list');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^openim +Tendril +OpenIM +0 +\d+ +\d+$/m);
    expect(stdout).toMatch(/^gate +you +Gate +1 +0 +0$/m);
    const json = await pack('list', '--json', '--lang', 'zh');
    expect(json.stdout).toContain('"name":"gate","origin":"user","title":"闸机","formats":1');
  });

  test('checks a folder, says where what is wrong, and fills in examples', async () => {
    const own = join(folder, 'packs');
    const wrong = await pack('check', own);
    expect(wrong.code).toBe(7);
    expect(wrong.stdout).toBe(
      `${own}/gate/formats.yaml:5:7: body not as expected; the line gives body: "opens"\n`,
    );
    expect(wrong.stderr).toContain('1 pack checked, 1 problem');
    expect((await pack('check', own, '--json')).stdout).toContain('"line":5,"column":7');
    const filled = await pack('check', own, '--fill');
    expect(filled).toMatchObject({ code: 0, stdout: '' });
    expect(filled.stderr).toContain('1 example filled in');
    expect(readFileSync(join(own, 'gate/formats.yaml'), 'utf8')).toMatch(
      /- line: gate opens\n {6}body: opens\n$/,
    );
  });

  test('a folder without packs is told from a folder that is not there', async () => {
    const empty = mkdtempSync(join(folder, 'empty-'));
    expect((await pack('check', empty)).code).toBe(3);
    const missing = await pack('check', join(folder, 'none'));
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('cannot read packs in');
  });

  test('shows a known error in the language of the reader', async () => {
    const { code, stdout } = await pack('show', 'openim.message-batch-lost', '--lang', 'zh');
    expect(code).toBe(0);
    expect(stdout).toContain('消息丢失');
    expect(stdout).toContain('注意：');
    const english = await pack('show', 'openim.message-batch-lost');
    expect(english.stdout).toContain('Careful: ');
  });

  test('shows all that a code can mean', async () => {
    const { stdout } = await pack('show', '10003');
    expect(stdout).toContain('OpenIM SDK: CtxDeadlineExceededError (fault)');
    expect(stdout).toContain('NotRegistered (refusal)');
    const json = await pack('show', '1006', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ table: 'websocket.close', code: '1006' });
    expect((await pack('show', 'nothing')).code).toBe(3);
  });

  test.each([[[]], [['list', 'a', 'b']], [['show']], [['remove', 'x']]])(
    'refuses %j',
    async (args) => {
      expect((await pack(...args)).code).toBe(2);
    },
  );
});
