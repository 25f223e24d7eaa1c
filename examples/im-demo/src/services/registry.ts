/** What to start for each service. An instance loads its own service alone. */
import type { Start } from '../instance.ts';
import type { Service } from '../topology.ts';

export const STARTS: Readonly<Record<Service, () => Promise<Start>>> = {
  'openim-msggateway': async () => (await import('./gateway.ts')).startGateway,
  'openim-api': async () => (await import('./api.ts')).startApi,
  'openim-rpc-auth': async () => (await import('./auth.ts')).startAuth,
  'openim-rpc-msg': async () => (await import('./msg.ts')).startMsg,
  'openim-rpc-group': async () => (await import('./group.ts')).startGroup,
  'openim-msgtransfer': async () => (await import('./transfer.ts')).startTransfer,
  'openim-push': async () => (await import('./push.ts')).startPush,
  mongodb: async () => (await import('../storage/database-server.ts')).startDatabase,
  redis: async () => (await import('../queue/redis-server.ts')).startRedis,
  'openim-sdk-web': async () => (await import('../clients/clients.ts')).startClients,
};
