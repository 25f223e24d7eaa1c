/** Starts the instances, tells each where the others are, changes their settings, starts them again. */
import type { Outcome } from '../instance.ts';
import type { Peer } from '../net/names.ts';
import { sleep, within } from '../net/time.ts';
import { DEFAULT_SETTINGS, type Settings } from '../settings.ts';
import {
  firstVersion,
  instanceName,
  PLACEMENTS,
  SERVICES,
  type Identity,
  type Service,
} from '../topology.ts';
import type { Handle, Host } from './host.ts';
import type { Destination, FromInstance } from './messages.ts';

/** A crashed instance is started again after so long, as systemd or Kubernetes does. */
const RESTART_MS = 300;
const FLUSH_MS = 5_000;
const FIRST_PID = 2_011;
const PID_STEP = 7;
/** Who depends on nobody starts first, clients last. */
const LAYERS: readonly ((service: Service) => boolean)[] = [
  (service) => service === 'mongodb' || service === 'redis',
  (service) => service.startsWith('openim-') && service !== 'openim-sdk-web',
  (service) => service === 'openim-sdk-web',
];

interface Member {
  readonly identity: Identity;
  settings: Settings;
  readonly handle: Handle;
  readonly ready: Promise<void>;
  socketPort: number;
}

export interface ClusterOptions {
  readonly host: Host;
  readonly destination: Destination;
  readonly seed: number;
  readonly onOutcome: (outcome: Outcome) => void;
}

export class Cluster {
  private readonly options: ClusterOptions;
  private readonly members = new Map<string, Member>();
  private readonly flushed = new Map<string, () => void>();
  private starts = 0;
  private flushes = 0;
  private isStopped = false;

  private constructor(options: ClusterOptions) {
    this.options = options;
  }

  static async start(options: ClusterOptions): Promise<Cluster> {
    const cluster = new Cluster(options);
    for (const isInLayer of LAYERS) {
      const services = SERVICES.filter(isInLayer);
      const members = services.flatMap((service) => cluster.startService(service));
      await Promise.all(members.map(async ({ ready }) => ready));
      cluster.tellPeers();
    }
    return cluster;
  }

  instances(): readonly Identity[] {
    return [...this.members.values()].map(({ identity }) => identity);
  }

  set(instance: string, changes: Partial<Settings>): void {
    const member = this.member(instance);
    member.settings = { ...member.settings, ...changes };
    member.handle.tell({ kind: 'settings', settings: member.settings });
  }

  /** A new process, of another version when one is given. */
  async restart(instance: string, version?: string): Promise<void> {
    const { handle, identity, settings } = this.member(instance);
    await handle.end();
    const next = { ...identity, ...(version !== undefined && { version }) };
    await this.launch(next, settings).ready;
    this.tellPeers();
  }

  /** Resolves when what all instances have said so far was sent. */
  async flush(): Promise<void> {
    this.flushes += 1;
    const number = this.flushes;
    const { time } = this.options.host;
    const answers = [...this.members.values()].map(async ({ handle, identity }) => {
      const answer = Promise.withResolvers<void>();
      this.flushed.set(`${identity.instance} ${number}`, answer.resolve);
      handle.tell({ kind: 'flush', number });
      const reason = `${identity.instance} did not flush`;
      await within(answer.promise, { time, ms: FLUSH_MS, reason }).catch(() => undefined);
    });
    await Promise.all(answers);
    this.flushed.clear();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all([...this.members.values()].map(async ({ handle }) => handle.end()));
  }

  private startService(service: Service): readonly Member[] {
    const { instances, port } = PLACEMENTS[service];
    return Array.from({ length: instances }, (_, number) => {
      const instance = instanceName(service, number);
      const version = firstVersion(service);
      return this.launch({ service, number, instance, port, version, pid: 0 }, DEFAULT_SETTINGS);
    });
  }

  private launch(base: Identity, settings: Settings): Member {
    this.starts += 1;
    // What runs in a browser has no process id; OpenIM's SDK says -1.
    const pid = base.service === 'openim-sdk-web' ? -1 : FIRST_PID + this.starts * PID_STEP;
    const identity = { ...base, pid };
    const { destination, seed, host } = this.options;
    const ready = Promise.withResolvers<void>();
    const handle = host.launch(
      { identity, settings, destination, seed: seed * 1_000 + this.starts },
      {
        onMessage: (message) => this.heard(identity, message, ready.resolve),
        onEnd: () => {
          ready.resolve();
          void this.startAgain(identity.instance);
        },
      },
    );
    const member: Member = { identity, settings, handle, ready: ready.promise, socketPort: 0 };
    this.members.set(identity.instance, member);
    handle.tell({ kind: 'peers', peers: this.peers() });
    return member;
  }

  private heard({ instance }: Identity, message: FromInstance, ready: () => void): void {
    switch (message.kind) {
      case 'ready':
        this.member(instance).socketPort = message.socketPort;
        ready();
        return;
      case 'outcome':
        this.options.onOutcome(message.outcome);
        return;
      case 'flushed':
        this.flushed.get(`${instance} ${message.number}`)?.();
    }
  }

  private async startAgain(instance: string): Promise<void> {
    await sleep(this.options.host.time, RESTART_MS);
    if (this.isStopped) return;
    const { identity, settings } = this.member(instance);
    await this.launch(identity, settings).ready;
    this.tellPeers();
  }

  private member(instance: string): Member {
    const member = this.members.get(instance);
    if (!member) throw new Error(`there is no instance ${instance}`);
    return member;
  }

  private peers(): readonly Peer[] {
    return [...this.members.values()]
      .filter(({ socketPort }) => socketPort > 0)
      .map(({ identity: { service, instance, port }, socketPort }) => {
        return { service, instance, port, socketPort };
      })
      .toSorted((a, b) => a.instance.localeCompare(b.instance));
  }

  private tellPeers(): void {
    const peers = this.peers();
    for (const { handle } of this.members.values()) handle.tell({ kind: 'peers', peers });
  }
}
