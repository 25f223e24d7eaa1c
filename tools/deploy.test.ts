/** Deployment files are what their programs take: checked by systemd itself and by the schemas of Kubernetes. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DaemonSet, StatefulSet } from 'kubernetes-models/apps/v1';
import { ClusterRole, ClusterRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import { ConfigMap, Service, ServiceAccount } from 'kubernetes-models/v1';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

const ROOT = resolve(import.meta.dirname, '..');
const DEPLOY = join(ROOT, 'deploy');
const SYSTEMD_ANALYZE = '/usr/bin/systemd-analyze';
/** Of 10; systemd calls what is above it exposed. */
const EXPOSURE_MAX = 2.5;

interface Kubernetes {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

interface Role extends Kubernetes {
  readonly rules: readonly {
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

interface Workload extends Kubernetes {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly securityContext: Readonly<Record<string, unknown>>;
        }[];
      };
    };
  };
}

const MODELS = {
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  DaemonSet,
  Service,
  ServiceAccount,
  StatefulSet,
};

const manifests = parseAllDocuments(readFileSync(join(DEPLOY, 'kubernetes/tendril.yaml'), 'utf8'))
  .map((document) => document.toJS() as Kubernetes | null)
  .filter((manifest) => manifest !== null);

describe('manifests', () => {
  test.each(manifests)('$kind $metadata.name is valid', (manifest) => {
    const Model = MODELS[manifest.kind as keyof typeof MODELS];
    expect(() => new Model(manifest as never).validate()).not.toThrow();
  });

  test('what is wrong would be found', () => {
    const service = manifests.find(({ kind }) => kind === 'Service');
    const wrong = { ...service, spec: { ports: 'http' } };
    expect(() => new Service(wrong as never).validate()).toThrow();
  });

  test('the agent may see what pods are and nothing else', () => {
    const roles = manifests.filter(({ kind }) => kind === 'ClusterRole') as Role[];
    expect(roles.flatMap(({ rules }) => rules)).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    ]);
  });

  test('containers write to nothing but their volumes and gain no rights', () => {
    const workloads = manifests.filter(({ kind }) => kind.endsWith('Set')) as Workload[];
    expect(workloads).toHaveLength(2);
    for (const { spec } of workloads) {
      for (const { securityContext } of spec.template.spec.containers) {
        expect(securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
    }
  });

  const helm = ['/usr/local/bin/helm', `${process.env['HOME'] ?? ''}/go/bin/helm`].find((path) =>
    existsSync(path),
  );
  test.skipIf(helm === undefined)('are what the chart gives', () => {
    const args = ['template', 'tendril', join(DEPLOY, 'helm/tendril'), '--namespace', 'tendril'];
    const rendered = execFileSync(helm ?? '', args, { encoding: 'utf8' });
    const documents = parseAllDocuments(rendered).map((document) => document.toJS() as unknown);
    expect(documents.filter((document) => document !== null)).toEqual(manifests);
  });
});

describe('compose.yaml', () => {
  interface Compose {
    readonly services: Readonly<Record<string, ComposeService>>;
  }
  interface ComposeService {
    readonly build: { readonly dockerfile: string; readonly target: string };
    readonly volumes: readonly string[];
    readonly cap_drop: readonly string[];
    readonly read_only: boolean;
  }
  const { services } = parse(readFileSync(join(DEPLOY, 'compose.yaml'), 'utf8')) as Compose;

  test.each(Object.entries(services))(
    '%s builds what is there, and drops its rights',
    (_name, service) => {
      const dockerfile = readFileSync(join(ROOT, service.build.dockerfile), 'utf8');
      expect(dockerfile).toContain(` AS ${service.build.target}\n`);
      expect(service.cap_drop).toEqual(['ALL']);
      expect(service.read_only).toBe(true);
      const own = service.volumes.filter((volume) => volume.startsWith('./'));
      for (const volume of own)
        expect(existsSync(join(DEPLOY, volume.split(':')[0] ?? ''))).toBe(true);
    },
  );
});

describe.skipIf(!existsSync(SYSTEMD_ANALYZE))('units', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tendril-units-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(readdirSync(join(DEPLOY, 'systemd')))('%s is valid and shut in', (name) => {
    const text = readFileSync(join(DEPLOY, 'systemd', name), 'utf8');
    // The program is not installed where tests run.
    const unit = join(folder, name);
    writeFileSync(unit, text.replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true'));
    const run = (...args: string[]): string =>
      execFileSync(SYSTEMD_ANALYZE, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    expect(run('verify', '--man=no', unit)).toBe('');
    const exposure = run('security', '--offline=true', '--no-pager', unit);
    expect(Number(/exposure level for \S+: ([\d.]+)/.exec(exposure)?.[1])).toBeLessThan(
      EXPOSURE_MAX,
    );
  });
});
