/** What may be typed at the cursor: fields with how many records have them, values with their counts. */
import {
  pickedCompletion,
  startCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import type { EditorView } from '@codemirror/view';
import type { QueryClient } from '@tanstack/react-query';
import type { Client } from '@tendril/api/client';
import type { LogField } from '@tendril/api/log-fields';
import type { TimeRange } from '@tendril/model/time-range';
import { pipeNamed } from '@tendril/query/pipes/registry';
import { completionsAt, type Completion as Place } from '@tendril/query/complete';
import { printFieldName, quoteText } from '@tendril/query/print';
import type { useText } from '../lib/text.tsx';
import type { QuerySource } from './use-fields.ts';

export interface CompletionSources {
  readonly api: Client;
  readonly queryClient: QueryClient;
  readonly fields: readonly LogField[];
  readonly source?: QuerySource | undefined;
  readonly range: TimeRange;
  readonly text: ReturnType<typeof useText>['text'];
  readonly language: ReturnType<typeof useText>['language'];
}

const OPERATORS = [':', '<', '<=', '>', '>='] as const;
const VALUES = 20;
const FIELDS_MAX = 200;
const CACHED_MS = 60_000;

export async function completeQuery(
  context: CompletionContext,
  sources: CompletionSources,
): Promise<CompletionResult | null> {
  const places = completionsAt(context.state.doc.toString(), context.pos);
  const [place] = places;
  if (!place) return null;
  const isTyped = places.some(
    ({ prefix, kind }) => prefix !== '' || kind === 'value' || kind === 'pipe',
  );
  if (!isTyped && !context.explicit) return null;
  const lists = await Promise.all(places.map(async (each) => await optionsAt(each, sources)));
  const from = Math.min(...places.map(({ start }) => start));
  const sameStart = places.flatMap((each, index) =>
    each.start === place.start ? (lists[index] ?? []) : [],
  );
  if (sameStart.length === 0) return null;
  return { from: Math.max(from, place.start), options: sameStart, filter: false };
}

async function optionsAt(place: Place, sources: CompletionSources): Promise<readonly Completion[]> {
  switch (place.kind) {
    case 'field':
      return [...columnOptions(place), ...fieldOptions(place, sources)];
    case 'value':
      return await valueOptions(place, sources);
    case 'keyword':
      return (place.keywords ?? []).map((keyword) => ({
        label: keyword,
        apply: `${keyword} `,
        type: 'keyword',
      }));
    case 'operator':
      return OPERATORS.map((operator) => ({
        label: operator,
        apply: operator === ':' ? ':' : `${operator} `,
      }));
    case 'pipe':
      return (place.keywords ?? []).map((keyword) => ({
        label: keyword,
        detail: pipeNamed(keyword)?.summary[sources.language] ?? '',
        apply: `${keyword} `,
        type: 'pipe',
      }));
    case 'function':
      return (place.keywords ?? []).map((keyword) => ({
        label: keyword,
        apply: `${keyword}(`,
        type: 'function',
      }));
  }
}

/** Columns that the pipes before made. */
function columnOptions({ columns = [], isArgument }: Place): readonly Completion[] {
  return columns.map((name) => ({
    label: name,
    apply: isArgument ? printFieldName(name) : `${printFieldName(name)} `,
    type: 'field',
  }));
}

function fieldOptions(
  { prefix, isArgument, hasOnlyColumns }: Place,
  { fields, text }: CompletionSources,
): readonly Completion[] {
  if (hasOnlyColumns) return [];
  const wanted = prefix.toLowerCase();
  return fields
    .map((field) => ({ field, rank: rankOf(field, wanted) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank || (b.field.records ?? 0) - (a.field.records ?? 0))
    .slice(0, FIELDS_MAX)
    .map(({ field }) => ({
      label: field.name,
      detail:
        field.records === null ? field.type : text('completion.records', { count: field.records }),
      apply: isArgument ? printFieldName(field.name) : thenMore(`${printFieldName(field.name)}:`),
      type: 'field',
    }));
}

/** After a field its values are wanted at once. */
function thenMore(text: string): NonNullable<Completion['apply']> {
  return (view: EditorView, completion, from, to) => {
    view.dispatch({
      changes: { from, to, insert: text },
      selection: { anchor: from + text.length },
      annotations: pickedCompletion.of(completion),
      scrollIntoView: true,
    });
    startCompletion(view);
  };
}

function rankOf({ name, aliases }: LogField, wanted: string): number {
  const lower = name.toLowerCase();
  if (lower.startsWith(wanted)) return 4;
  if (aliases.some((alias) => alias.toLowerCase().startsWith(wanted))) return 3;
  if (lower.split(/[._-]/).some((part) => part.startsWith(wanted))) return 2;
  return wanted.length > 1 && lower.includes(wanted) ? 1 : 0;
}

async function valueOptions(
  { field = '', prefix }: Place,
  { api, queryClient, source, range, text }: CompletionSources,
): Promise<readonly Completion[]> {
  // Values of spans are not counted by field.
  if (source === 'spans') return [];
  const request = {
    field,
    prefix,
    limit: VALUES,
    from: String(range.fromNs),
    to: String(range.toNs),
  };
  const found = await queryClient
    .query({
      queryKey: ['logs', 'completion', request],
      queryFn: async ({ signal }) => await api.logFieldValues(request, signal),
      staleTime: CACHED_MS,
    })
    // No suggestions is no failure: the field may not exist, and the check says so.
    .catch(() => undefined);
  return (found?.values ?? [])
    .filter(({ value }) => value !== '')
    .map(({ value, count }) => ({
      label: value,
      detail: text('completion.records', { count }),
      apply: /^[\w.@/-]+$/.test(value) ? value : quoteText(value),
      type: 'value',
    }));
}
