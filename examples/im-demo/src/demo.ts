/** The whole demo as one thing: the cluster, what its users saw, faults, and the changes that are told of. */
import { Cluster } from './cluster/cluster.ts';
import type { Host } from './cluster/host.ts';
import type { Destination } from './cluster/messages.ts';
import { Outcomes, type Operation } from './cluster/outcomes.ts';
import { FAULTS } from './faults/catalogue.ts';
import type { Outcome } from './instance.ts';
import type { Fault } from './faults/fault.ts';
import { switchOff, switchOn, type SwitchedOn, type SwitchOptions } from './faults/switch.ts';

export interface DemoOptions {
  readonly host: Host;
  readonly destination: Destination;
  /** Takes the changes that operators and pipelines would tell of. */
  readonly tellChange: (change: ToldChange) => Promise<void>;
  readonly seed: number;
}

export interface ToldChange {
  readonly kind: 'deploy' | 'config' | 'restart' | 'other';
  readonly title: string;
  readonly service: string;
  readonly instance: string;
  readonly before: string;
  readonly after: string;
}

export class Demo {
  private readonly options: DemoOptions;
  private readonly cluster: Cluster;
  private outcomes = new Outcomes();
  private readonly on = new Map<string, SwitchedOn>();

  private constructor(options: DemoOptions, cluster: Cluster) {
    this.options = options;
    this.cluster = cluster;
  }

  static async start(options: DemoOptions): Promise<Demo> {
    const { host, destination, seed } = options;
    // Clients are started last, and say nothing before.
    let demo: Demo | undefined;
    const onOutcome = (outcome: Outcome): void => demo?.outcomes.add(outcome);
    const cluster = await Cluster.start({ host, destination, seed, onOutcome });
    demo = new Demo(options, cluster);
    return demo;
  }

  faultsOn(): readonly SwitchedOn[] {
    return [...this.on.values()];
  }

  async switchOn(name: string, options: SwitchOptions): Promise<SwitchedOn> {
    const fault = faultNamed(name);
    const on = await switchOn(this.cluster, fault, options);
    this.on.set(name, on);
    await this.tellOf(on);
    return on;
  }

  async switchOff(name: string): Promise<void> {
    const on = this.on.get(name);
    if (!on) return;
    this.on.delete(name);
    await switchOff(this.cluster, on);
  }

  /** All that operations came to since the start, or since `forget`. */
  operations(): readonly Operation[] {
    return this.outcomes.operations();
  }

  forget(): void {
    this.outcomes = new Outcomes();
  }

  async flush(): Promise<void> {
    await this.cluster.flush();
  }

  async stop(): Promise<void> {
    await this.cluster.flush();
    await this.cluster.stop();
  }

  private async tellOf({ fault, instances }: SwitchedOn): Promise<void> {
    const { change, scope, target } = fault;
    if (!change) return;
    const instance = scope === 'one' ? (instances[0] ?? '') : '';
    await this.options.tellChange({ ...change, service: target, instance });
  }
}

export function faultNamed(name: string): Fault {
  const fault = FAULTS.find((each) => each.name === name);
  if (!fault)
    throw new Error(
      `there is no fault ${name}; there are ${FAULTS.map((each) => each.name).join(', ')}`,
    );
  return fault;
}
