/** Queries about spans: conditions, without pipes that would change what comes out. */
import { Failure } from '@tendril/model/failure';
import type { PreparedQuery } from '../logs/log-reader.ts';

/** Throws `Failure` `query_pipe_of_logs`. */
export function filterOnly(prepared: PreparedQuery): Pick<PreparedQuery, 'range' | 'condition'> {
  const { plan, range, condition } = prepared;
  const isFilter =
    plan.kind === 'records' &&
    plan.columns === undefined &&
    plan.added.length === 0 &&
    plan.limit === undefined &&
    plan.around === undefined &&
    plan.ordered === undefined;
  if (isFilter) return { range, condition };
  throw new Failure({
    code: 'query_pipe_of_logs',
    detail: 'spans are searched by conditions; of the pipes only "where" works here',
  });
}
