/**
 * Names and values of a structured line in, a record out: picks the fields that say when, how severe,
 * what and by whom, and keeps all others as attributes.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import type { LineContext, ParsedLine } from '../format.ts';
import { epochNs, epochOfNumber } from './calendar.ts';
import { attributeNameOf, roleOf, type Role, type RoleRank } from './field-roles.ts';
import { timeOfText } from './leading-time.ts';
import { severityNumberOf, severityNumberOfLevel, severityTextOf } from './severity-word.ts';

interface Candidate extends RoleRank {
  readonly name: string;
  readonly value: AttributeValue;
}

type Picked = Partial<Record<Role, Candidate>>;

/** Takes the fields of one line. Not reused. */
export class StructuredLine {
  private readonly attributes: Map<string, AttributeValue> = new Map();
  private resource: Map<string, AttributeValue> | undefined;
  private readonly picked: Picked = {};
  private timeNs: bigint | undefined;
  private readonly context: LineContext;

  constructor(context: LineContext) {
    this.context = context;
  }

  add(name: string, value: AttributeValue): void {
    const rank = roleOf(name);
    if (!rank || !this.serves(rank.role, name, value)) {
      this.addAttribute(name, value);
      return;
    }
    const known = this.picked[rank.role];
    const candidate = { ...rank, name, value };
    if (known && known.rank <= rank.rank) {
      this.addAttribute(name, value);
      return;
    }
    if (known) this.addAttribute(known.name, known.value);
    this.picked[rank.role] = candidate;
  }

  addAttribute(name: string, value: AttributeValue): void {
    this.attributes.set(attributeNameOf(name), value);
  }

  addResource(name: string, value: AttributeValue): void {
    this.resource ??= new Map();
    this.resource.set(name, value);
  }

  /** True when a field was found that says when, how severe or what. */
  get isLog(): boolean {
    const { time, severity, body } = this.picked;
    return time !== undefined || severity !== undefined || body !== undefined;
  }

  /** `line` is the message of a record that has none. */
  finish(line: string): ParsedLine {
    const { picked } = this;
    const severity = severityOf(picked);
    this.dropForeignName();
    this.addPickedResource();
    return {
      timeNs: picked.time && this.pickedTimeNs(),
      severityText: severity.text,
      severityNumber: severity.number,
      body: bodyOf(picked) ?? line,
      eventName: textOf(picked.event),
      scopeName: textOf(picked.scope),
      attributes: this.attributes,
      resource: this.resource,
    };
  }

  // Log4j 2 writes what a second is cut into beside it.
  private pickedTimeNs(): bigint | undefined {
    const nanos = this.attributes.get(NANOS_KEY);
    if (this.picked.time?.name !== SECOND_KEY || this.timeNs === undefined) return this.timeNs;
    if (typeof nanos !== 'number' || !(nanos >= 0 && nanos < 1e9)) return this.timeNs;
    this.attributes.delete(NANOS_KEY);
    return this.timeNs + BigInt(nanos);
  }

  // Keeps the time that will be picked: reading it is dear.
  private servesAsTime(name: string, value: AttributeValue): boolean {
    const ns = timeOfValue(value, this.context);
    if (ns === undefined) return false;
    const rank = roleOf(name)?.rank ?? 0;
    if (this.timeNs === undefined || rank < (this.picked.time?.rank ?? 0)) this.timeNs = ns;
    return true;
  }

  // bunyan and pino call the service `name` and count levels in tens; elsewhere it is anything.
  private dropForeignName(): void {
    const { service, severity } = this.picked;
    if (service?.name !== 'name') return;
    if (typeof severity?.value === 'number' && severity.value >= 10) return;
    delete this.picked.service;
    this.addAttribute(service.name, service.value);
  }

  private addPickedResource(): void {
    const { service, serviceVersion, environment, host, pid } = this.picked;
    if (service) this.addResource('service.name', service.value);
    if (serviceVersion) this.addResource('service.version', serviceVersion.value);
    if (environment) this.addResource('deployment.environment.name', environment.value);
    if (host) this.addResource('host.name', host.value);
    if (pid) this.addResource('process.pid', pid.value);
  }

  // A field has its role only with a value that fits it.
  private serves(role: Role, name: string, value: AttributeValue): boolean {
    switch (role) {
      case 'time':
        return this.servesAsTime(name, value);
      case 'severity':
        return name === 's' ? isMark(value) : levelOf(value) > 0;
      case 'severityNumber':
        return typeof value === 'number' && value >= 1 && value <= 24;
      case 'body':
        return typeof value === 'string';
      case 'service':
      case 'serviceVersion':
      case 'environment':
      case 'host':
      case 'scope':
      case 'event':
        return typeof value === 'string' && value !== '';
      case 'pid':
        return /^\d{1,10}$/.test(String(value));
      default:
        return role satisfies never;
    }
  }
}

const SECOND_KEY = 'instant.epochSecond';
const NANOS_KEY = 'instant.nanoOfSecond';

/** When a value of a field for times says, in text or as a number since 1970. */
export function timeOfValue(value: AttributeValue, context: LineContext): bigint | undefined {
  if (typeof value === 'number') return epochOfNumber(value);
  if (typeof value === 'bigint') return epochNs(value.toString());
  if (typeof value !== 'string' || value.length > 64) return undefined;
  return timeOfText(value, context) ?? epochNs(value);
}

function levelOf(value: AttributeValue): number {
  if (typeof value === 'number') return severityNumberOfLevel(value);
  if (typeof value !== 'string') return 0;
  return (
    severityNumberOf(value.trim()) ||
    (/^\d+$/.test(value) ? severityNumberOfLevel(Number(value)) : 0)
  );
}

function isMark(value: AttributeValue): boolean {
  return typeof value === 'string' && /^(?:[FEWI]|D[1-5]?)$/.test(value);
}

function severityOf({ severity, severityNumber }: Picked): {
  readonly text: string;
  readonly number: number;
} {
  const own = typeof severityNumber?.value === 'number' ? severityNumber.value : 0;
  const number = own || (severity ? levelOf(severity.value) : 0);
  const text =
    severity && /^[^\d]{2,}/.test(String(severity.value))
      ? String(severity.value)
      : severityTextOf(number);
  return { text: text.trim(), number };
}

// zap's aligned encoders pad messages with blanks.
function bodyOf({ body }: Picked): string | undefined {
  return typeof body?.value === 'string' ? body.value.trimEnd() : undefined;
}

function textOf(candidate: Candidate | undefined): string {
  return typeof candidate?.value === 'string' ? candidate.value : '';
}
