/** Which tables a reader reads, and what fields its records have. */
import { LOG_REGISTRY, SPAN_REGISTRY, type FieldRegistry } from '@tendril/model/fields';

export interface RecordSource {
  readonly table: 'logs' | 'traces';
  /** Names and values of fields. */
  readonly fieldsTable: 'log_fields' | 'span_fields';
  readonly registry: FieldRegistry;
}

export const LOG_SOURCE: RecordSource = {
  table: 'logs',
  fieldsTable: 'log_fields',
  registry: LOG_REGISTRY,
};

export const SPAN_SOURCE: RecordSource = {
  table: 'traces',
  fieldsTable: 'span_fields',
  registry: SPAN_REGISTRY,
};
