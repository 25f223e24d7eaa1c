import type { FakeCluster } from './fake-cluster.ts';

/** What `~/.kube/config` says of a cluster. */
export function kubeConfigOf({ url }: FakeCluster, namespace: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'fake',
    clusters: [{ name: 'fake', cluster: { server: url } }],
    users: [{ name: 'nobody', user: {} }],
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'nobody', namespace } }],
  });
}
