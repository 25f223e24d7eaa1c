/**
 * The architecture as a test: which folder may import which. A folder imports only folders of lower
 * rows, never its own row; a folder named `internal` is importable only from beside it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** Lowest first. `server/x` is packages/server/src/x, `x` is packages/x, `web` what lies beside its folders. */
const ROWS: readonly (readonly string[])[] = [
  ['model', 'sdk'],
  ['sql', 'api', 'config', 'messages'],
  ['query', 'columns'],
  ['intake/redact', 'intake/patterns', 'intake/join', 'intake/transport'],
  ['intake'],
  ['intake/formats'],
  ['intake/packs'],
  ['intake/sources', 'intake/analysis', 'chains'],
  ['agent', 'server/telemetry'],
  ['server/engine', 'server/protocols'],
  [
    'server/state',
    'server/pipeline',
    'server/logs',
    'server/metrics',
    'server/connections',
    'server/profiles',
    'server/changes',
  ],
  // Spans are read as log records are, and with those that belong to them.
  ['server/traces'],
  ['server/access', 'server/jobs'],
  ['server/receivers', 'server/scrape', 'server/notifiers', 'server/probes'],
  ['server/checks', 'server/canary'],
  ['server/chains', 'server/alerts'],
  ['server/incidents'],
  ['server/http'],
  ['server/app'],
  ['cli', 'web/lib'],
  ['web/components'],
  ['web/records', 'web/query'],
  [
    'web/logs',
    'web/patterns',
    'web/traces',
    'web/chains',
    'web/metrics',
    'web/health',
    'web/data',
    'web/reference',
    'web/alerts',
    'web/incidents',
    'web/settings',
    'web/frame',
  ],
  ['web/pages'],
  ['web'],
];

/** May import anything, and are imported by tests and benchmarks alone. */
const TEST_ONLY: ReadonlySet<string> = new Set(['testkit', 'bench', 'tools', 'e2e']);
const FORBIDDEN_NAMES: ReadonlySet<string> = new Set([
  'utils',
  'helpers',
  'common',
  'shared',
  'misc',
]);

interface Import {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly target: string;
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^;'"]*?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;

const files = ['packages', 'bench', 'e2e', 'tools'].flatMap((folder) =>
  sourceFiles(join(ROOT, folder)),
);
const imports = files.flatMap(importsOf);

describe('tidy', () => {
  test('imports point down the layer table', () => {
    const broken = imports
      .filter(({ file, from }) => !isTest(file) && !TEST_ONLY.has(from))
      .filter(({ from, to }) => from !== to && !(rowOf(to) < rowOf(from)))
      .map(({ file, from, to, target }) => `${file}: ${from} must not import ${to} (${target})`);
    expect(broken).toEqual([]);
  });

  test('every folder has a row', () => {
    const folders = new Set(files.map(folderOf).filter((folder) => !TEST_ONLY.has(folder)));
    expect([...folders].filter((folder) => rowOf(folder) < 0)).toEqual([]);
  });

  test('no folder or file hides what is inside', () => {
    const bad = files.filter((file) =>
      file.split(/[/.]/).some((part) => FORBIDDEN_NAMES.has(part)),
    );
    expect(bad).toEqual([]);
  });

  test('only tests and benchmarks import the testkit', () => {
    const bad = imports
      .filter(({ to, from, file }) => to === 'testkit' && from !== 'testkit' && !isTest(file))
      .filter(({ from }) => !TEST_ONLY.has(from))
      .map(({ file }) => file);
    expect(bad).toEqual([]);
  });
});

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return ['node_modules', 'testdata', 'dist'].includes(entry.name) ? [] : sourceFiles(path);
    }
    return /\.tsx?$/.test(entry.name) ? [relative(ROOT, path)] : [];
  });
}

function isTest(file: string): boolean {
  return /\.test\.tsx?$/.test(file);
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(IMPORT)].flatMap(([, fixed, lazy]) => {
    const target = fixed ?? lazy ?? '';
    const path = pathOf(file, target);
    // The command loads the server lazily, so that the rest of it works without the engine.
    if (path === undefined || (lazy !== undefined && folderOf(file) === 'cli')) return [];
    return [{ file, from: folderOf(file), to: folderOf(path), target }];
  });
}

function pathOf(file: string, target: string): string | undefined {
  if (target.startsWith('.')) return relative(ROOT, resolve(ROOT, dirname(file), target));
  const own = /^@tendril\/([^/]+)\/(.+)$/.exec(target);
  return own ? `packages/${own[1] ?? ''}/src/${own[2] ?? ''}.ts` : undefined;
}

function folderOf(file: string): string {
  const [top = '', name = '', , inner = ''] = file.split('/');
  if (top !== 'packages') return top;
  const nested = `${name}/${inner}`;
  const split = ['server', 'web'].includes(name) || rowOf(nested) >= 0;
  return split && inner !== '' && !inner.includes('.') ? nested : name;
}

function rowOf(folder: string): number {
  return ROWS.findIndex((row) => row.includes(folder));
}
