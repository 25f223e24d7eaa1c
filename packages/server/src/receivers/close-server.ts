/** Stops an HTTP server: requests in flight may finish, kept-alive connections may not stay. */
import type { Server } from 'node:http';

/** After `drainMs` what is still open is cut. */
export async function closeServer(server: Server, drainMs: number): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  // A connection whose last answer goes out from now on is not kept for another request.
  server.keepAliveTimeout = 1;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(cut);
}
