/** Service and instance as people call them: `mongodb im-db-2`, but `openim-push-1`, which says its service itself. */
export function instanceName(service: string, instance: string): string {
  if (instance === '' || instance === service) return service;
  return instance.startsWith(`${service}-`)
    ? instance
    : [service, instance].filter(Boolean).join(' ');
}
