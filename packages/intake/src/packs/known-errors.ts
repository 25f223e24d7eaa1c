/**
 * Which known errors a record shows, and what its codes mean. Made once of loaded packs; pure. One pass over a
 * record's text finds the texts of all errors; an expression runs only where its text was found.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import type { ParsedFields } from '../format.ts';
import type { CodeSpec, CodeTable } from './code-spec.ts';
import type { ErrorMatch, ErrorSpec } from './error-spec.ts';
import type { Expression } from './expression.ts';
import { LiteralScanner } from './literal-scanner.ts';

/** What is looked at of a record. */
export interface ErrorEvidence {
  readonly body: string;
  readonly serviceName: string;
  readonly attributes: ParsedFields;
}

/** An error with its expressions compiled, one for each entry of `match` that has one. */
export interface KnownError {
  readonly pack: string;
  readonly spec: ErrorSpec;
  readonly expressions: readonly (Expression | undefined)[];
}

/** A code, and the table that says what it means. */
export interface ExplainedCode {
  readonly table: CodeTable;
  readonly code: CodeSpec;
}

/** Of one record, the rest is not looked at: messages say what is wrong early. */
const TEXT_LENGTH_MAX = 64 * 1024;
const KEYS_REMEMBERED_MAX = 4096;
/** Attributes whose texts speak of errors, or of where they are from. `r` is what OpenIM recovered. */
const SPEAKING_KEY =
  /err|exception|panic|reason|cause|detail|stack|stderr|status|result|msg|message/i;

/** No sureness makes up for it. */
const SPECIFIC = 1_000_000;

interface Candidate {
  readonly error: KnownError;
  readonly match: ErrorMatch;
  /** Texts beside the first, in lower case. */
  readonly others: readonly string[];
  readonly expression: Expression | undefined;
  /** Higher says more. */
  readonly weight: number;
}

export class KnownErrors {
  private readonly scanner: LiteralScanner;
  // By the number of the text in the scanner.
  private readonly byText: readonly (readonly Candidate[])[];
  // Those without a text, by one of their fields.
  private readonly byField: ReadonlyMap<string, readonly Candidate[]>;
  private readonly tablesByKey: ReadonlyMap<string, readonly CodeTable[]>;
  private readonly tables: readonly CodeTable[];
  private readonly speaking: Map<string, boolean> = new Map();

  constructor(errors: Iterable<KnownError>, tables: Iterable<CodeTable>) {
    const candidates = [...errors].flatMap(candidatesOf);
    const texts = Map.groupBy(
      candidates.filter(({ match }) => match.text !== undefined),
      ({ match }) => lower(match.text?.[0] ?? ''),
    );
    this.scanner = new LiteralScanner([...texts.keys()]);
    this.byText = [...texts.values()];
    this.byField = Map.groupBy(
      candidates.filter(({ match }) => match.text === undefined),
      ({ match }) => Object.keys(match.fields ?? {})[0] ?? '',
    );
    this.tables = [...tables];
    this.tablesByKey = tablesByKey(this.tables);
  }

  /** What the record shows, the surest first. */
  match(record: ErrorEvidence): readonly KnownError[] {
    const text = this.textOf(record);
    const found = new Map<KnownError, number>();
    const seen = new Set<number>();
    const consider = (candidate: Candidate): void => {
      const { error, weight } = candidate;
      if ((found.get(error) ?? -1) >= weight || !holds(candidate, text, record)) return;
      found.set(error, weight);
    };
    this.scanner.scan(text, (number) => {
      if (seen.has(number)) return;
      seen.add(number);
      for (const candidate of this.byText[number] ?? []) consider(candidate);
    });
    if (this.byField.size > 0) {
      for (const key of record.attributes.keys()) {
        for (const candidate of this.byField.get(key) ?? []) consider(candidate);
      }
    }
    if (found.size <= 1) return [...found.keys()];
    return [...found].toSorted(([, a], [, b]) => b - a).map(([error]) => error);
  }

  /** What the codes that a record carries mean; first those of tables that are of its service. */
  codes({ serviceName, attributes }: ErrorEvidence): readonly ExplainedCode[] {
    const found: ExplainedCode[] = [];
    for (const [key, value] of attributes) {
      const tables = this.tablesByKey.get(key);
      if (tables)
        found.push(
          ...explained(
            codeText(value),
            tables.filter((table) => serves(table, serviceName)),
          ),
        );
    }
    return found.toSorted((a, b) => b.table.services.length - a.table.services.length);
  }

  /** What a code can mean. Tables disagree: which is right depends on who says it. */
  explain(code: string, tableId?: string): readonly ExplainedCode[] {
    const tables =
      tableId === undefined ? this.tables : this.tables.filter(({ id }) => id === tableId);
    return explained(code, tables);
  }

  private textOf({ body, attributes }: ErrorEvidence): string {
    let text = body;
    for (const [key, value] of attributes) {
      if (text.length > TEXT_LENGTH_MAX) break;
      if (typeof value === 'string' && this.speaks(key)) text += `\n${value}`;
    }
    return text.length > TEXT_LENGTH_MAX ? text.slice(0, TEXT_LENGTH_MAX) : text;
  }

  private speaks(key: string): boolean {
    const known = this.speaking.get(key);
    if (known !== undefined) return known;
    const speaks = SPEAKING_KEY.test(key);
    if (this.speaking.size < KEYS_REMEMBERED_MAX) this.speaking.set(key, speaks);
    return speaks;
  }
}

function candidatesOf(error: KnownError): readonly Candidate[] {
  return error.spec.match.map((match, index) => {
    const expression = error.expressions[index];
    const [, ...others] = match.text ?? [];
    const length = (match.text ?? []).join('').length;
    const sureness = length + (expression ? 1_000 : 0) + (match.fields ? 2_000 : 0);
    const weight = error.spec.general ? sureness : sureness + SPECIFIC;
    return { error, match, others: others.map(lower), expression, weight };
  });
}

// The first text has been found, or there is none.
function holds(
  { match, others, expression }: Candidate,
  text: string,
  { attributes }: ErrorEvidence,
): boolean {
  for (const [key, value] of Object.entries(match.fields ?? {})) {
    if (codeText(attributes.get(key)) !== value) return false;
  }
  if (others.length > 0) {
    const folded = lower(text);
    if (!others.every((other) => folded.includes(other))) return false;
  }
  return expression === undefined || expression.test(text);
}

function lower(text: string): string {
  return text.toLowerCase();
}

function codeText(value: AttributeValue | undefined): string {
  return value === undefined ? '' : String(value);
}

function tablesByKey(tables: readonly CodeTable[]): ReadonlyMap<string, readonly CodeTable[]> {
  const pairs = tables.flatMap((table) => table.keys.map((key) => ({ key, table })));
  const groups = Map.groupBy(pairs, ({ key }) => key);
  return new Map([...groups].map(([key, group]) => [key, group.map(({ table }) => table)]));
}

function serves({ services }: CodeTable, serviceName: string): boolean {
  return services.length === 0 || services.some((prefix) => serviceName.startsWith(prefix));
}

function explained(text: string, tables: readonly CodeTable[]): readonly ExplainedCode[] {
  return tables.flatMap((table) => {
    const code = table.codes.find((each) => each.code === text);
    return code ? [{ table, code }] : [];
  });
}
