/**
 * Which cluster, and as whom: the kubeconfig that kubectl uses, or the service account of the pod that we
 * run in. Tokens of files are read again when they are needed: a cluster replaces them every hour.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Failure, messageOf } from '@tendril/model/failure';
import { parse } from 'yaml';
import { z } from 'zod';
import type { HttpTarget, TlsOptions } from '../http/http-calls.ts';

export interface ClusterAccess {
  /** The context's name, for people. */
  readonly context: string;
  /** Of the context; `default` where it names none. */
  readonly namespace: string;
  readonly target: HttpTarget;
}

export interface KubeEnvironment {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where Kubernetes mounts the service account. */
  readonly accountFolder?: string;
}

const ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';
const execute = promisify(execFile);
/** Plug-ins may ask somebody to sign in. */
const PLUGIN_MS_MAX = 120_000;
/** Used up this long before they end. */
const EXPIRY_MS = 60_000;
/** A token without an end is read again after so long. */
const TOKEN_MS = 60_000;

/** Whether there is a cluster to read from, without asking it. */
export function hasClusterAccess(where: KubeEnvironment): boolean {
  return configFiles(where).some((path) => existsSync(path)) || isInCluster(where);
}

/** Throws `Failure` `no_cluster` or `bad_kubeconfig`. */
export async function clusterAccess(
  where: KubeEnvironment,
  contextName?: string,
): Promise<ClusterAccess> {
  const files = configFiles(where).filter((path) => existsSync(path));
  if (files.length === 0 && isInCluster(where)) return await inCluster(where);
  if (files.length === 0) {
    const detail = 'there is no cluster: no kubeconfig, and this is no pod';
    throw new Failure({ code: 'no_cluster', detail });
  }
  const config = merged(await Promise.all(files.map(readConfig)));
  return accessOf(config, contextName);
}

function configFiles({ environment }: KubeEnvironment): readonly string[] {
  const named = environment['KUBECONFIG']?.split(delimiter).filter(Boolean) ?? [];
  return named.length > 0 ? named : [join(environment['HOME'] ?? homedir(), '.kube', 'config')];
}

function isInCluster({ accountFolder = ACCOUNT_FOLDER, environment }: KubeEnvironment): boolean {
  return environment['KUBERNETES_SERVICE_HOST'] !== undefined && existsSync(accountFolder);
}

async function inCluster({
  accountFolder = ACCOUNT_FOLDER,
  environment,
}: KubeEnvironment): Promise<ClusterAccess> {
  const host = environment['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = environment['KUBERNETES_SERVICE_PORT'] ?? '443';
  const [ca, namespace] = await Promise.all([
    readFile(join(accountFolder, 'ca.crt'), 'utf8'),
    readFile(join(accountFolder, 'namespace'), 'utf8').catch(() => 'default'),
  ]);
  return {
    context: 'in-cluster',
    namespace: namespace.trim(),
    target: {
      url: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
      tls: { ca },
      headers: bearer(fileToken(join(accountFolder, 'token'))),
    },
  };
}

const TEXT = z.string().nullish();
const EXEC = z.looseObject({
  apiVersion: z.string(),
  command: z.string(),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
});
const CLUSTER = z.looseObject({
  server: z.string(),
  'certificate-authority': TEXT,
  'certificate-authority-data': TEXT,
  'insecure-skip-tls-verify': z.boolean().nullish(),
  'tls-server-name': TEXT,
});
const USER = z.looseObject({
  token: TEXT,
  tokenFile: TEXT,
  username: TEXT,
  password: TEXT,
  'client-certificate': TEXT,
  'client-certificate-data': TEXT,
  'client-key': TEXT,
  'client-key-data': TEXT,
  exec: EXEC.nullish(),
});
const CONTEXT = z.looseObject({
  cluster: z.string(),
  user: z.string().default(''),
  namespace: TEXT,
});
const CONFIG = z.looseObject({
  'current-context': TEXT,
  clusters: z.array(z.looseObject({ name: z.string(), cluster: CLUSTER })).nullish(),
  users: z.array(z.looseObject({ name: z.string(), user: USER.nullish() })).nullish(),
  contexts: z.array(z.looseObject({ name: z.string(), context: CONTEXT })).nullish(),
});

interface KubeConfig {
  readonly current: string | undefined;
  readonly clusters: ReadonlyMap<string, z.infer<typeof CLUSTER> & Placed>;
  readonly users: ReadonlyMap<string, z.infer<typeof USER> & Placed>;
  readonly contexts: ReadonlyMap<string, z.infer<typeof CONTEXT>>;
}

interface Placed {
  /** Where paths that are not absolute begin. */
  readonly folder: string;
}

async function readConfig(path: string): Promise<KubeConfig> {
  try {
    const checked = CONFIG.parse(parse(await readFile(path, 'utf8')));
    const folder = dirname(resolve(path));
    return {
      current: checked['current-context'] ?? undefined,
      clusters: new Map(
        checked.clusters?.map(({ cluster, name }) => [name, { ...cluster, folder }]),
      ),
      users: new Map(checked.users?.map(({ name, user }) => [name, { ...user, folder }])),
      contexts: new Map(checked.contexts?.map(({ context, name }) => [name, context])),
    };
  } catch (cause) {
    throw badConfig(path, messageOf(cause), cause);
  }
}

/** The first file that names something wins, as kubectl has it. */
function merged(configs: readonly KubeConfig[]): KubeConfig {
  const firstFirst = configs.toReversed();
  return {
    current: configs.find(({ current }) => current)?.current,
    clusters: new Map(firstFirst.flatMap(({ clusters }) => Array.from(clusters))),
    users: new Map(firstFirst.flatMap(({ users }) => Array.from(users))),
    contexts: new Map(firstFirst.flatMap(({ contexts }) => Array.from(contexts))),
  };
}

async function accessOf(config: KubeConfig, contextName?: string): Promise<ClusterAccess> {
  const name = contextName ?? config.current ?? '';
  const context = config.contexts.get(name);
  if (!context) {
    const known = [...config.contexts.keys()].join(', ');
    throw badConfig('kubeconfig', `there is no context "${name}" (known: ${known || 'none'})`);
  }
  const cluster = config.clusters.get(context.cluster);
  if (!cluster) throw badConfig('kubeconfig', `there is no cluster "${context.cluster}"`);
  const user = config.users.get(context.user);
  const [ca, cert, key] = await Promise.all([
    given(cluster, 'certificate-authority'),
    user && given(user, 'client-certificate'),
    user && given(user, 'client-key'),
  ]);
  const headers = user && headersOf(user);
  return {
    context: name,
    namespace: context.namespace ?? 'default',
    target: {
      url: cluster.server.replace(/\/+$/, ''),
      tls: tlsOf({ ca, cert, key }, cluster),
      ...(headers && { headers }),
    },
  };
}

function tlsOf(
  files: Pick<TlsOptions, 'ca' | 'cert' | 'key'>,
  cluster: z.infer<typeof CLUSTER>,
): TlsOptions {
  const servername = cluster['tls-server-name'];
  return {
    ...files,
    ...(servername && { servername }),
    ...(cluster['insecure-skip-tls-verify'] === true && { rejectUnauthorized: false }),
  };
}

/** In the file itself, or in one that it names. */
async function given(
  from: Placed & Readonly<Record<string, unknown>>,
  name: string,
): Promise<string | undefined> {
  const data = from[`${name}-data`];
  if (typeof data === 'string' && data !== '') return Buffer.from(data, 'base64').toString();
  const path = from[name];
  if (typeof path !== 'string' || path === '') return undefined;
  return await readFile(resolve(from.folder, path), 'utf8').catch((cause: unknown) => {
    throw badConfig(path, messageOf(cause), cause);
  });
}

type User = z.infer<typeof USER> & Placed;

function headersOf(user: User): HttpTarget['headers'] {
  const { exec, password, token, tokenFile, username } = user;
  if (tokenFile) return bearer(fileToken(resolve(user.folder, tokenFile)));
  if (token) return bearer(async () => token);
  if (exec) return bearer(pluginToken(exec));
  if (!username) return undefined;
  const basic = Buffer.from(`${username}:${password ?? ''}`).toString('base64');
  return async () => ({ authorization: `Basic ${basic}` });
}

type TokenSource = () => Promise<string>;

function bearer(token: TokenSource): NonNullable<HttpTarget['headers']> {
  return async () => ({ authorization: `Bearer ${await token()}` });
}

interface Token {
  readonly text: string;
  readonly untilMs: number;
}

function remembered(read: () => Promise<Token>): TokenSource {
  let current: Promise<Token> | undefined;
  let untilMs = 0;
  return async () => {
    if (Date.now() >= untilMs || !current) {
      // Asked once, however many requests wait for it.
      untilMs = Number.POSITIVE_INFINITY;
      current = read();
    }
    try {
      const token = await current;
      untilMs = token.untilMs;
      return token.text;
    } catch (error) {
      untilMs = 0;
      throw error;
    }
  };
}

function fileToken(path: string): TokenSource {
  return remembered(async () => {
    const text = (await readFile(path, 'utf8')).trim();
    return { text, untilMs: Math.min(Date.now() + TOKEN_MS, expiryOf(text) - EXPIRY_MS) };
  });
}

/** The cluster's tokens say themselves when they end. */
function expiryOf(token: string): number {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      readonly exp?: unknown;
    };
    return typeof claims.exp === 'number' ? claims.exp * 1000 : Number.POSITIVE_INFINITY;
  } catch {
    // A token of another kind.
    return Number.POSITIVE_INFINITY;
  }
}

const CREDENTIAL = z.looseObject({
  status: z.looseObject({ token: z.string(), expirationTimestamp: TEXT }),
});

/** As cloud providers give tokens: a program that the kubeconfig names. */
function pluginToken({ apiVersion, args, command, env }: z.infer<typeof EXEC>): TokenSource {
  return remembered(async () => {
    const info = { apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
    const variables = Object.fromEntries(env?.map(({ name, value }) => [name, value]) ?? []);
    const { stdout } = await execute(command, args ?? [], {
      timeout: PLUGIN_MS_MAX,
      // oxlint-disable-next-line node/no-process-env -- the plug-in is kubectl's, and needs what kubectl gives it
      env: { ...process.env, ...variables, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    }).catch((cause: unknown) => {
      throw badConfig(command, messageOf(cause), cause);
    });
    const { status } = CREDENTIAL.parse(JSON.parse(stdout));
    const endsMs = Date.parse(status.expirationTimestamp ?? '');
    const untilMs = Number.isNaN(endsMs) ? Date.now() + TOKEN_MS * 10 : endsMs - EXPIRY_MS;
    return { text: status.token, untilMs };
  });
}

function badConfig(path: string, reason: string, cause?: unknown): Failure {
  return new Failure({
    code: 'bad_kubeconfig',
    detail: `${path}: ${reason}`,
    params: { path, reason },
    cause,
  });
}
