/** What a judge has to know of a fault, wherever it was recorded. */
import { FAULTS } from '@tendril/im-demo/faults/catalogue';
import type { Fault } from '@tendril/im-demo/faults/fault';
import { RIDES } from './plant/rides.ts';
import { SHOP } from './plant/shop.ts';
import type { PlantFault, Topology } from './plant/topology.ts';

export interface JudgedFault {
  readonly name: string;
  /** Where it happens: `im-demo`, or a plant's name. */
  readonly topology: string;
  readonly scope: 'one' | 'all';
  readonly cause: { readonly kind: string; readonly service: string };
  /** What the cause may be called as well: the only database of its kind. Empty for nothing. */
  readonly alias: string;
  readonly seenAs: 'failed' | 'undelivered' | 'slow' | 'background';
  readonly symptoms: readonly string[];
  /** Not looked at while the reasoning was tuned. */
  readonly isHeldOut: boolean;
}

export const PLANTS: readonly Topology[] = [SHOP, RIDES];
export const DEMO = 'im-demo';

const JUDGED_FAULTS: readonly JudgedFault[] = [
  ...FAULTS.map(ofDemo),
  ...PLANTS.flatMap((plant) => plant.faults.map((fault) => ofPlant(fault, plant))),
];

function ofDemo(fault: Fault): JudgedFault {
  return { ...fault, topology: DEMO, alias: '', isHeldOut: fault.isHeldOut === true };
}

function ofPlant(fault: PlantFault, plant: Topology): JudgedFault {
  const alias = aliasOf(plant, fault.cause.service);
  return { ...fault, topology: plant.name, alias, isHeldOut: false };
}

function aliasOf({ services }: Topology, service: string): string {
  const system = services.find(({ name }) => name === service)?.system;
  if (system === undefined) return '';
  return services.filter((each) => each.system === system).length === 1 ? system : '';
}

export function faultNamed(name: string): JudgedFault | undefined {
  return JUDGED_FAULTS.find((fault) => fault.name === name);
}
