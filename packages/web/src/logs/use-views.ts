/** The saved views of this server, and changes of them. */
import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query';
import type { View, ViewInput, ViewList } from '@tendril/api/views';
import { useApi } from '../lib/api.ts';

const KEY = ['views'] as const;

export function useViews(): UseQueryResult<ViewList> {
  const api = useApi();
  return useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => await api.listViews(signal),
    // Others save views too.
    staleTime: 0,
  });
}

export type ViewChange =
  | { readonly kind: 'save'; readonly content: ViewInput }
  | { readonly kind: 'replace'; readonly view: View }
  | { readonly kind: 'delete'; readonly view: View };

export function useViewChange(): UseMutationResult<void, Error, ViewChange> {
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (change: ViewChange) => {
      switch (change.kind) {
        case 'save':
          await api.createView(change.content);
          return;
        case 'replace': {
          const { id, version, name, description, query, columns, range, tags } = change.view;
          const content = { name, description, query, columns, range, tags };
          await api.replaceView(id, { ...content, version });
          return;
        }
        case 'delete':
          await api.deleteView(change.view.id);
      }
    },
    // Also after a failure: somebody else may have changed it meanwhile.
    onSettled: async () => await queryClient.invalidateQueries({ queryKey: KEY }),
  });
}
