/** What we ask of a container engine over its socket: containers, what becomes of them, and their logs. */
import type { IncomingMessage } from 'node:http';
import type { Attributes } from '@tendril/model/attribute';
import { z } from 'zod';
import { HttpCalls, HttpRefusal, type HttpTarget } from '../http/http-calls.ts';
import { LineSplitter } from '../line-splitter.ts';

export interface DockerContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `running`, `exited`, … */
  readonly state: string;
  /** For people: `Up 3 hours`. */
  readonly status: string;
}

export interface ContainerDetail {
  readonly isRunning: boolean;
  /** Both outputs are one stream, without frames. */
  readonly hasTerminal: boolean;
}

export interface DockerLogQuery {
  readonly follow: boolean;
  /** Seconds since 1970. */
  readonly since?: number | undefined;
  readonly tail?: number | undefined;
}

export const DOCKER_SOCKET = '/var/run/docker.sock';
/** A label that keeps a container out. */
const OPT_OUT = 'tendril.collect';

const CONTAINERS = z.array(
  z.looseObject({
    Id: z.string(),
    Names: z.array(z.string()).default([]),
    Image: z.string().default(''),
    Labels: z.record(z.string(), z.string()).nullish(),
    State: z.string().default(''),
    Status: z.string().default(''),
  }),
);
const DETAIL = z.looseObject({
  State: z.looseObject({ Running: z.boolean().default(false) }),
  Config: z.looseObject({ Tty: z.boolean().default(false) }),
});

/** As `DOCKER_HOST` says it: a socket of this machine, or `tcp://`. */
export function dockerTarget(host: string | undefined): HttpTarget {
  const url = host ?? '';
  if (url.startsWith('tcp://')) return { url: `http${url.slice('tcp'.length)}` };
  const socketPath = url.startsWith('unix://') ? url.slice('unix://'.length) : DOCKER_SOCKET;
  return { url: 'http://docker', socketPath };
}

export class DockerApi {
  private readonly calls: HttpCalls;

  constructor(target: HttpTarget) {
    this.calls = new HttpCalls(target);
  }

  get name(): string {
    return this.calls.name;
  }

  /** Those that run, and those that ran. */
  async containers(signal: AbortSignal): Promise<readonly DockerContainer[]> {
    const all = CONTAINERS.parse(await this.calls.json('/containers/json', { all: true }, signal));
    return all
      .filter(({ Labels }) => Labels?.[OPT_OUT] !== 'false')
      .map(({ Id, Image, Labels, Names, State, Status }) => ({
        id: Id,
        name: (Names[0] ?? Id.slice(0, 12)).replace(/^\//, ''),
        image: Image,
        labels: Labels ?? {},
        state: State,
        status: Status,
      }));
  }

  /** Undefined when it is gone. */
  async detail(id: string, signal: AbortSignal): Promise<ContainerDetail | undefined> {
    try {
      const { Config, State } = DETAIL.parse(await this.calls.json(pathOf(id, 'json'), {}, signal));
      return { isRunning: State.Running, hasTerminal: Config.Tty };
    } catch (error) {
      if (error instanceof HttpRefusal && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Something happened to a container. */
  async *events(signal: AbortSignal): AsyncGenerator<void> {
    const filters = JSON.stringify({ type: ['container'], event: ['start', 'die', 'destroy'] });
    const answer = await this.calls.open('/events', { filters }, signal);
    const splitter = new LineSplitter();
    for await (const chunk of answer) if (splitter.push(chunk as Buffer).lines.length > 0) yield;
  }

  async log(id: string, query: DockerLogQuery, signal: AbortSignal): Promise<IncomingMessage> {
    const { follow, since, tail } = query;
    const values = { follow, since, tail: tail ?? 'all', stdout: true, stderr: true };
    return await this.calls.open(pathOf(id, 'logs'), { ...values, timestamps: true }, signal);
  }

  close(): void {
    this.calls.close();
  }
}

function pathOf(id: string, what: string): string {
  return `/containers/${encodeURIComponent(id)}/${what}`;
}

const SERVICE_LABELS = ['com.docker.compose.service', 'com.docker.swarm.service.name'];
const PROJECT_LABEL = 'com.docker.compose.project';

/** What OpenTelemetry calls them. */
export function dockerResource({ id, image, labels, name }: DockerContainer): Attributes {
  const service = SERVICE_LABELS.map((label) => labels[label]).find(Boolean) ?? name;
  const project = labels[PROJECT_LABEL];
  return {
    'service.name': service,
    ...(project !== undefined && { 'service.namespace': project }),
    'container.id': id,
    'container.name': name,
    'container.image.name': image,
  };
}
