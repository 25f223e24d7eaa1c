/** The part of the client that is about changes. */
import {
  CHANGE_ADD,
  CHANGE_LIST,
  changeListSchema,
  changeSchema,
  type Change,
  type ChangeInput,
  type ChangeList,
  type ListChangesInput,
} from './changes.ts';
import { sendForJson, type HttpOptions } from './http.ts';

export interface ChangesClient {
  addChange(change: ChangeInput, signal?: AbortSignal): Promise<Change>;
  listChanges(request: ListChangesInput, signal?: AbortSignal): Promise<ChangeList>;
}

export function changesClient(options: HttpOptions): ChangesClient {
  return {
    addChange: async (json, signal) =>
      await sendForJson(options, CHANGE_ADD, { json, signal, schema: changeSchema }),
    listChanges: async (request, signal) =>
      await sendForJson(options, CHANGE_LIST, {
        query: { ...request },
        signal,
        schema: changeListSchema,
      }),
  };
}
