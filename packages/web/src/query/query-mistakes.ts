/** What is wrong with a query, where it stands, and the one click that puts it right. */
import type { Diagnostic } from '@codemirror/lint';
import type { LogField } from '@tendril/api/log-fields';
import { ProblemFailure } from '@tendril/api/problem';
import { LOG_REGISTRY, SPAN_REGISTRY } from '@tendril/model/fields';
import { fieldCatalogue, type AttributeField } from '@tendril/query/catalogue';
import { checkQuery } from '@tendril/query/check';
import { parsePipeline } from '@tendril/query/pipeline';
import { QueryFailure } from '@tendril/query/query-failure';
import { printFieldName } from '@tendril/query/print';
import { serverNowNs } from '../lib/time-range.ts';
import type { useText } from '../lib/text.tsx';
import type { QuerySource } from './use-fields.ts';

export interface MistakeSources {
  /** The query that was run, and what the server said of it. */
  readonly query: string;
  readonly error: unknown;
  readonly fields: readonly LogField[];
  readonly source?: QuerySource | undefined;
  readonly text: ReturnType<typeof useText>['text'];
  readonly failure: ReturnType<typeof useText>['failure'];
}

interface Mistake {
  readonly code: string;
  readonly detail: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly position: { readonly start: number; readonly end: number };
  readonly hint: string;
}

export function queryMistakes(text: string, sources: MistakeSources): readonly Diagnostic[] {
  const said = serverMistake(text, sources);
  const found = said ?? ownMistake(text, sources);
  if (!found) return [];
  const { params, position, hint } = found;
  const from = Math.min(position.start, text.length);
  const nearest = params['nearest'];
  const sentence = sources.failure(found);
  return [
    {
      from,
      to: Math.max(from, Math.min(position.end, text.length)),
      // Which fields there are is for the server to say; ours may be of a minute ago.
      severity: said === undefined && found.code === 'query_unknown_field' ? 'warning' : 'error',
      message: hint === '' ? sentence : `${sentence}\n${hint}`,
      ...(typeof nearest === 'string' && {
        actions: [
          {
            name: sources.text('query.fix', { name: nearest }),
            apply: (view, start, end) => {
              view.dispatch({ changes: { from: start, to: end, insert: printFieldName(nearest) } });
              view.focus();
            },
          },
        ],
      }),
    },
  ];
}

function serverMistake(text: string, { query, error }: MistakeSources): Mistake | undefined {
  if (text !== query || !(error instanceof ProblemFailure)) return undefined;
  const { code, detail, params, position, hint = '' } = error.problem;
  return position && { code, detail, params, position, hint };
}

function ownMistake(text: string, { fields, source: about }: MistakeSources): Mistake | undefined {
  try {
    const { source } = parsePipeline(text);
    const registry = about === 'spans' ? SPAN_REGISTRY : LOG_REGISTRY;
    if (fields.length > 0)
      checkQuery(source, { catalogue: catalogueOf(fields), registry, nowNs: serverNowNs() });
    return undefined;
  } catch (error) {
    if (!(error instanceof QueryFailure)) throw error;
    const { code, message, params, position, hint } = error;
    return { code, detail: message, params, position, hint };
  }
}

/** Only names are checked here: any type may hold what is asked for. */
function catalogueOf(fields: readonly LogField[]): ReturnType<typeof fieldCatalogue> {
  const attributes = fields.flatMap(({ name, storage }): AttributeField[] => {
    if (storage === 'column' || storage === 'scope') return [];
    const scope = storage === 'resource' ? 'resource' : 'attribute';
    const types = ['string', 'int', 'float', 'bool', 'array'] as const;
    return [{ key: name, scope, types, storage: 'both' }];
  });
  return fieldCatalogue(attributes);
}
