/** A format of a pack, made into one that reads lines; or all that is wrong with it. */
import type { AttributeValue } from '@tendril/model/attribute';
import { severityNumber, type Severity } from '@tendril/model/severity';
import type { LineContext, LineFormat, LineGate, ParsedLine } from '../format.ts';
import { addSpoken } from '../formats/spoken-fields.ts';
import { epochNs } from '../formats/calendar.ts';
import { timeOfText } from '../formats/leading-time.ts';
import {
  severityNumberOf,
  severityNumberOfSyslog,
  severityTextOf,
} from '../formats/severity-word.ts';
import {
  addFields,
  addNestedFields,
  fieldRules,
  isKnownCapture,
  PARTS,
  type FieldRule,
} from './captured-fields.ts';
import { compileExpression, type Captures, type Expression, type Origin } from './expression.ts';
import type { ExtractSpec, FieldSource, FormatSpec, LineFormatSpec } from './format-spec.ts';
import { compileJsonFormat } from './json-format.ts';
import { timeReader, type TimeReader } from './time-layout.ts';
import type { PackEntry, PackProblem } from './yaml-file.ts';

export type CompiledFormat =
  | { readonly ok: true; readonly format: LineFormat }
  | { readonly ok: false; readonly problems: readonly PackProblem[] };

export function compileFormat(entry: PackEntry<FormatSpec>, origin: Origin): CompiledFormat {
  const { value: spec } = entry;
  const problems: PackProblem[] = [];
  const build = new Build(origin, (message, path) => problems.push(entry.problem(message, path)));
  const extract = build.extracts(spec.extract ?? []);
  const format =
    spec.kind === 'json'
      ? compileJsonFormat(spec, (parsed) => extended(parsed, extract))
      : build.lineFormat(spec, extract);
  return format && problems.length === 0 ? { ok: true, format } : { ok: false, problems };
}

interface Extract {
  /** Stands in the messages that the expression is tried on. */
  readonly contains: string;
  readonly expression: Expression;
  readonly rules: readonly FieldRule[];
  readonly severity: Severity | undefined;
}

class Build {
  private readonly origin: Origin;
  private readonly report: (message: string, path: readonly PropertyKey[]) => void;

  constructor(origin: Origin, report: Build['report']) {
    this.origin = origin;
    this.report = report;
  }

  lineFormat(spec: LineFormatSpec, extract: readonly Extract[]): LineFormat | undefined {
    const expression = this.expression(spec.line, ['line']);
    const readTime = this.time(spec);
    if (!expression) return undefined;
    this.checkCaptures(expression, spec);
    const attributes = fieldRules('attributes', expression.names, spec.attributes);
    const resource = fieldRules('resource', expression.names, spec.resource);
    const names = new Map(Object.entries(spec.names ?? {}));
    return {
      name: spec.id,
      title: spec.title,
      specificity: spec.specificity,
      ...(spec.gate && { gate: gateOf(spec.gate) }),
      ...(spec.service !== undefined && { serviceHint: spec.service }),
      ...(spec.envelope === true && { isEnvelope: true }),
      parse(line, context) {
        const captures = expression.captures(line);
        if (!captures) return undefined;
        const timeNs = timeIn(captures, context, readTime);
        if (timeNs === undefined && captures['time'] !== undefined) return undefined;
        const severity = severityIn(captures, spec.severity);
        const parsed = {
          timeNs,
          ...severity,
          body: (captures['body'] ?? line).trimEnd(),
          eventName: nilToEmpty(captures['event']),
          scopeName: nilToEmpty(captures['logger']),
          attributes: attributesIn(line, captures, { rules: attributes, names }),
          resource: resource.length === 0 ? undefined : fieldsIn(captures, resource),
        };
        return extract.length === 0 ? parsed : extended(parsed, extract);
      },
    };
  }

  extracts(specs: readonly ExtractSpec[]): readonly Extract[] {
    return specs.flatMap((spec, index) => {
      const path = ['extract', index];
      const expression = this.expression(spec.pattern, [...path, 'pattern']);
      if (!expression) return [];
      this.checkNames(expression, { table: spec.attributes, path: [...path, 'attributes'] });
      const rules = fieldRules('attributes', expression.names, spec.attributes);
      const { contains = '', severity } = spec;
      return [{ contains, expression, rules, severity }];
    });
  }

  private expression(source: string, path: readonly PropertyKey[]): Expression | undefined {
    const compiled = compileExpression(source, this.origin);
    if (compiled.ok) return compiled.expression;
    this.report(`cannot use this expression: ${compiled.reason}`, path);
    return undefined;
  }

  private time({ time }: LineFormatSpec): TimeReader | undefined {
    if (time === undefined) return undefined;
    const reader = timeReader(time);
    if (!reader) {
      this.report(`"${time}" is no layout of a time: write yyyy MM dd HH mm ss SSS Z`, ['time']);
    }
    return reader;
  }

  private checkCaptures(expression: Expression, spec: LineFormatSpec): void {
    const tables = { ...spec.attributes, ...spec.resource };
    this.checkNames(expression, { table: tables, path: ['line'] });
    if (spec.time !== undefined && !expression.names.includes('time')) {
      this.report('a layout is given, but the expression has no capture "time"', ['time']);
    }
  }

  private checkNames(
    { names }: Expression,
    at: {
      readonly table: Readonly<Record<string, FieldSource>> | undefined;
      readonly path: readonly PropertyKey[];
    },
  ): void {
    const used = new Set(Object.values(at.table ?? {}).flatMap(captureOf));
    for (const name of used) {
      if (!names.includes(name)) this.report(`there is no capture "${name}"`, at.path);
    }
    for (const name of names) {
      if (used.has(name) || PARTS.has(name) || isKnownCapture(name)) continue;
      this.report(`the capture "${name}" goes nowhere: name it in attributes or resource`, at.path);
    }
  }
}

function captureOf(source: FieldSource): readonly string[] {
  if (typeof source === 'string') return [source];
  return 'capture' in source ? [source.capture] : [];
}

function gateOf({ first, ...others }: NonNullable<LineFormatSpec['gate']>): LineGate {
  if (first === undefined) return others;
  return { ...others, first: first.replaceAll(/(\w)-(\w)/g, (_range, from, to) => span(from, to)) };
}

function span(from: string, to: string): string {
  let characters = '';
  for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code += 1) {
    characters += String.fromCharCode(code);
  }
  return characters;
}

function timeIn(
  captures: Captures,
  context: LineContext,
  readTime: TimeReader = timeOrEpoch,
): bigint | undefined {
  const text = captures['time'];
  return text === undefined ? undefined : readTime(text, context);
}

const timeOrEpoch: TimeReader = (text, context) => timeOfText(text, context) ?? epochNs(text);

interface StatedSeverity {
  readonly severityText: string;
  readonly severityNumber: number;
}

/** What a capture says, by the pack's own table first; words stay as they were written. */
function severityIn(
  { severity: text = '', priority }: Captures,
  table: LineFormatSpec['severity'] = {},
): StatedSeverity {
  if (priority !== undefined) {
    const number = severityNumberOfSyslog(Number(priority) & 7);
    return { severityText: severityTextOf(number), severityNumber: number };
  }
  const own = Object.hasOwn(table, text) ? table[text] : undefined;
  const number = own ? severityNumber(own) : severityNumberOf(text);
  const isWord = /^[A-Za-z]{2}/.test(text);
  return { severityText: isWord ? text : severityTextOf(number), severityNumber: number };
}

function fieldsIn(
  captures: Captures,
  rules: readonly FieldRule[],
): ReadonlyMap<string, AttributeValue> {
  const fields = new Map<string, AttributeValue>();
  addFields(rules, captures, fields);
  return fields;
}

function attributesIn(
  line: string,
  captures: Captures,
  {
    names,
    rules,
  }: { readonly rules: readonly FieldRule[]; readonly names: ReadonlyMap<string, string> },
): ReadonlyMap<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>();
  addFields(rules, captures, attributes);
  addNestedFields(captures, names, attributes);
  addSpoken(line, attributes);
  return attributes;
}

// Loggers' names are padded where columns align.
function nilToEmpty(text = ''): string {
  const name = text.trim();
  return name === '-' ? '' : name;
}

const NO_NAMES: ReadonlyMap<string, string> = new Map();

/** Beyond this, expressions over the message are not worth their time. */
const EXTRACT_LENGTH_MAX = 16_384;

function extended(parsed: ParsedLine, extract: readonly Extract[]): ParsedLine {
  const text = parsed.body.slice(0, EXTRACT_LENGTH_MAX);
  const attributes = new Map(parsed.attributes);
  let { body } = parsed;
  let stated: Severity | undefined;
  for (const { contains, expression, rules, severity } of extract) {
    const captures = text.includes(contains) ? expression.captures(text) : undefined;
    if (!captures) continue;
    addFields(rules, captures, attributes);
    addNestedFields(captures, NO_NAMES, attributes);
    stated ??= severity;
    body = captures['body'] ?? body;
  }
  if (stated === undefined || parsed.severityNumber > 0) return { ...parsed, attributes, body };
  const number = severityNumber(stated);
  return {
    ...parsed,
    attributes,
    body,
    severityNumber: number,
    severityText: severityTextOf(number),
  };
}
