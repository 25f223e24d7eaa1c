/** Switches faults on and off in a running cluster. */
import type { Cluster } from '../cluster/cluster.ts';
import { DEFAULT_SETTINGS } from '../settings.ts';
import { firstVersion, type Service } from '../topology.ts';
import type { Fault } from './fault.ts';

export interface SwitchedOn {
  readonly fault: Fault;
  readonly instances: readonly string[];
  readonly intensity: number;
  readonly atMs: number;
}

export interface SwitchOptions {
  /** From 0 to 1. */
  readonly intensity: number;
  /** Which of the service's instances, counted from 0. */
  readonly number: number;
}

export async function switchOn(
  cluster: Cluster,
  fault: Fault,
  { intensity, number }: SwitchOptions,
): Promise<SwitchedOn> {
  const all = instancesOf(cluster, fault.target);
  const chosen = fault.scope === 'all' ? all : all.slice(number % all.length).slice(0, 1);
  const atMs = Date.now();
  for (const instance of chosen) {
    cluster.set(instance, fault.settings(intensity));
    if (fault.restart !== undefined)
      await cluster.restart(instance, fault.restart === '' ? undefined : fault.restart);
  }
  return { fault, instances: chosen, intensity, atMs };
}

export async function switchOff(cluster: Cluster, { fault, instances }: SwitchedOn): Promise<void> {
  for (const instance of instances) {
    cluster.set(instance, DEFAULT_SETTINGS);
    if (fault.restart !== undefined) await cluster.restart(instance, firstVersion(fault.target));
  }
}

function instancesOf(cluster: Cluster, service: Service): readonly string[] {
  return cluster
    .instances()
    .filter((identity) => identity.service === service)
    .map(({ instance }) => instance);
}
