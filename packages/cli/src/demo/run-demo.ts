/** Runs the demo with one incident: some healthy seconds, the fault, its end, and a word on each. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@tendril/model/failure';
import type { Demo } from '@tendril/im-demo/demo';
import type { Operation } from '@tendril/im-demo/cluster/outcomes';
import type { Fault } from '@tendril/im-demo/faults/fault';
import type { Invocation } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { printable, printableJson } from '../output/printable.ts';
import { demoPart } from './demo-part.ts';

const ENVIRONMENT = 'im-demo';
const HEALTHY_MS = 10_000;
const FAULTY_MS = 10_000;
const INTENSITY = 0.8;
const SLOW_MS = 250;

export interface DemoRun {
  readonly fault: Fault;
  readonly controlPort: number;
  /** Infinity: until it is interrupted. */
  readonly seconds: number;
}

export async function runDemo(invocation: Invocation, run: DemoRun): Promise<ExitCode> {
  const { stderr, messages, serverUrl, signal } = invocation;
  const otlpUrl = await otlpUrlOf(invocation);
  await stderr.line(messages.text('say.demo.starting', { server: serverUrl }));
  const demo = await startDemo(invocation, otlpUrl);
  const { startControl } = await demoPart(() => import('@tendril/im-demo/control'));
  const control = await startControl(demo, run.controlPort);
  try {
    await incident(invocation, demo, run);
    const leftMs = run.seconds * 1_000 - HEALTHY_MS - FAULTY_MS;
    if (leftMs > 0) await goOn(invocation, run.controlPort, leftMs);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    control.close();
    await demo.stop();
  }
  await stderr.line(messages.text('say.demo.stopped'));
  return EXIT.ok;
}

/** Where the server takes OTLP. */
async function otlpUrlOf({ api, signal }: Invocation): Promise<string> {
  const { receivers } = await api.status(signal);
  const receiver = receivers.find(({ name }) => name === 'otlp-http');
  if (receiver) return receiver.url.replace(/\/+$/, '');
  throw new Failure({
    code: 'demo_no_receiver',
    detail: 'the server has no otlp-http receiver, which the demo sends to',
  });
}

async function startDemo(invocation: Invocation, otlpUrl: string): Promise<Demo> {
  const { environment: surroundings, serverUrl } = invocation;
  const { Demo: DemoClass } = await demoPart(() => import('@tendril/im-demo/demo'));
  const { WORKER_HOST } = await demoPart(() => import('@tendril/im-demo/cluster/host'));
  const { tellTendril } = await demoPart(() => import('@tendril/im-demo/tell-tendril'));
  const token = surroundings['TENDRIL_TOKEN'] ?? '';
  return await DemoClass.start({
    host: WORKER_HOST,
    destination: { otlpUrl, token, environment: ENVIRONMENT },
    tellChange: tellTendril({ url: serverUrl, token, environment: ENVIRONMENT }),
    // Another one each time, so that ids of two demos differ.
    seed: invocation.nowMs() % 1_000_000,
  });
}

async function incident(invocation: Invocation, demo: Demo, { fault }: DemoRun): Promise<void> {
  const { stderr, messages, signal, serverUrl } = invocation;
  await stderr.line(messages.text('say.demo.healthy', { seconds: HEALTHY_MS / 1_000 }));
  await sleep(HEALTHY_MS, undefined, { signal });
  const { instances, atMs } = await demo.switchOn(fault.name, { intensity: INTENSITY, number: 0 });
  const description = fault.description[messages.language];
  const where = instances.join(', ');
  await stderr.line(
    messages.text('say.demo.fault', { fault: fault.name, instances: where, description }),
  );
  await sleep(FAULTY_MS, undefined, { signal });
  const victim = victimOf(fault, demo.operations(), atMs);
  await demo.flush();
  await demo.switchOff(fault.name);
  await stderr.line(messages.text('say.demo.over', { fault: fault.name }));
  await look(invocation, victim, serverUrl);
}

/** The last who suffered. */
function victimOf(
  { seenAs, symptoms }: Fault,
  operations: readonly Operation[],
  atMs: number,
): Operation | undefined {
  return operations.findLast(({ action, result, startedAtMs, durationMs }) => {
    if (startedAtMs < atMs || !symptoms.includes(action)) return false;
    if (seenAs === 'slow') return durationMs > SLOW_MS;
    return seenAs === 'background' ? result === 'ok' : result === seenAs;
  });
}

async function look(
  { stdout, stderr, flags, messages }: Invocation,
  victim: Operation | undefined,
  serverUrl: string,
): Promise<void> {
  const base = serverUrl.replace(/\/+$/, '');
  const id = victim?.operationId ?? '';
  const places = [
    ...(id === '' ? [] : ([['chain', `${base}/chains/${id}`]] as const)),
    ['logs', `${base}/logs`],
    ['traces', `${base}/traces`],
    ['data', `${base}/data`],
  ] as const;
  if (flags['json'] === true) {
    await stdout.line(printableJson({ operationId: id, pages: Object.fromEntries(places) }));
    return;
  }
  await stderr.line(messages.text('say.demo.look'));
  for (const [what, url] of places)
    await stdout.line(`  ${messages.text('demo.page', { page: what })}  ${printable(url)}`);
  const commands = [
    ...(id === '' ? [] : [`tendril chain ${id}`]),
    'tendril change list --since 5m',
  ];
  for (const command of commands) await stdout.line(`  ${printable(command)}`);
}

async function goOn(
  { stderr, messages, signal }: Invocation,
  port: number,
  ms: number,
): Promise<void> {
  await stderr.line(messages.text('say.demo.goesOn', { url: `http://127.0.0.1:${port}/faults` }));
  const endless = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('interrupted')), { once: true });
  });
  await (ms === Infinity ? endless : sleep(ms, undefined, { signal }));
}
