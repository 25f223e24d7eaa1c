import { readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readAgentConfig } from './agent-config.ts';

const SAMPLES = join(import.meta.dirname, '../../../deploy/agent');
const FILE = join(tmpdir(), `tendril-agent-config-${process.pid}.yaml`);

function problemOf(text: string): string {
  writeFileSync(FILE, text);
  try {
    readAgentConfig(FILE);
    return '';
  } catch (error) {
    return String(error).replaceAll(FILE, 'FILE');
  }
}

describe('readAgentConfig', () => {
  test.each(readdirSync(SAMPLES))('%s is a configuration', (name) => {
    expect(readAgentConfig(join(SAMPLES, name)).dataDir).toBe('/var/lib/tendril-agent');
  });

  test.each([
    ['nothing to read', 'dataDir: /x\n', 'nothing to read'],
    ['a pattern that is none', 'dataDir: /x\ndocker:\n  - containers: "("\n', 'FILE:3:5'],
    ['labels of files', 'dataDir: /x\nkubernetes:\n  - from: files\n    selector: a=b\n', 'labels'],
    [
      'a format that is none',
      'dataDir: /x\njournald:\n  - format: nope\n',
      'no format that is known',
    ],
    ['a key that is none', 'dataDir: /x\njournald:\n  - unit: a\n', 'unknown key "unit"'],
  ])('says where there is %s', (_name, text, expected) => {
    expect(problemOf(text)).toContain(expected);
  });
});
