/** The form of the search as one query: what is typed in its fields stays text, whatever signs are in it. */
import { printFieldName, quoteText } from '@tendril/query/print';
import type { TracesAddress } from './traces-url.ts';

/** `position` is in the whole query, so mistakes are underlined only where it is the person's alone. */
export function tracesQuery(address: TracesAddress): string {
  const { query, service, operation, tags, longerThan, shorterThan, hasErrors } = address;
  const conditions = [
    ...(service === '' ? [] : [`service.name:${quoteText(service)}`]),
    ...(operation === '' ? [] : [`name:${quoteText(operation)}`]),
    ...tagConditions(tags),
    ...durationCondition('>=', longerThan),
    ...durationCondition('<=', shorterThan),
    ...(hasErrors ? ['status:error'] : []),
  ];
  const own = query.trim();
  if (own === '') return conditions.join(' and ');
  if (conditions.length === 0) return own;
  return [`(${own})`, ...conditions].join(' and ');
}

const TAG = /([^\s=]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g;
const TAGS_MAX = 20;

/** As Jaeger takes tags: `http.status_code=500 error="a b"`. */
function tagConditions(tags: string): readonly string[] {
  return [...tags.matchAll(TAG)].slice(0, TAGS_MAX).map(([, key = '', quoted, plain = '']) => {
    const value = quoted === undefined ? plain : quoted.replaceAll(/\\(.)/g, '$1');
    return `${printFieldName(key)}:${quoteText(value)}`;
  });
}

const DURATION = /^(\d{1,12}(?:\.\d{1,9})?)\s*(ns|us|µs|ms|s|m|h)?$/;

/** Milliseconds where no unit is written. */
function durationCondition(operator: '>=' | '<=', text: string): readonly string[] {
  const [, amount, unit = 'ms'] = DURATION.exec(text.trim()) ?? [];
  return amount === undefined ? [] : [`duration ${operator} ${amount}${unit}`];
}

/** What is typed there is no duration. */
export function isBadDuration(text: string): boolean {
  return text.trim() !== '' && !DURATION.test(text.trim());
}
