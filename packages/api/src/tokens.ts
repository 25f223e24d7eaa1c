/** Access tokens: created, listed and revoked by an admin; shown in clear once. */
import { z } from 'zod';
import type { Route } from './route.ts';
import { scopeSchema, type Scope } from './scope.ts';

export const TOKEN_NAME_LENGTH_MAX = 100;

export interface CreateTokenRequest {
  /** For people: who or what uses it. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** RFC 3339 or date math (`now+90d`); absent for a token that does not expire. */
  readonly expiresAt?: string;
}

export interface TokenInfo {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** RFC 3339. */
  readonly createdAt: string;
  readonly expiresAt: string | null;
  /** Tokens of the configured file cannot be revoked here. */
  readonly origin: 'api' | 'file';
}

export interface CreatedToken extends TokenInfo {
  /** The secret; not stored, not shown again. */
  readonly token: string;
}

export interface TokenList {
  readonly tokens: readonly TokenInfo[];
}

export const createTokenRequestSchema: z.ZodType<CreateTokenRequest> = z
  .strictObject({
    name: z.string().trim().min(1).max(TOKEN_NAME_LENGTH_MAX),
    scopes: z.array(scopeSchema).min(1).max(3),
    expiresAt: z.string().max(100).exactOptional(),
  })
  .meta({ id: 'CreateTokenRequest' });

const tokenInfo = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(scopeSchema),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  origin: z.enum(['api', 'file']),
});

export const createdTokenSchema: z.ZodType<CreatedToken> = tokenInfo
  .extend({ token: z.string() })
  .meta({ id: 'CreatedToken' });

export const tokenListSchema: z.ZodType<TokenList> = z
  .object({ tokens: z.array(tokenInfo) })
  .meta({ id: 'TokenList' });

export const TOKEN_CREATE: Route = {
  method: 'POST',
  path: '/api/v1/tokens',
  scope: 'admin',
  operationId: 'createToken',
  summary: 'Create an access token; the only answer that shows it',
  request: { mediaTypes: ['application/json'], schema: createTokenRequestSchema },
  response: { mediaTypes: ['application/json'], schema: createdTokenSchema },
};

export const TOKEN_LIST: Route = {
  method: 'GET',
  path: '/api/v1/tokens',
  scope: 'admin',
  operationId: 'listTokens',
  summary: 'List access tokens that have not been revoked',
  response: { mediaTypes: ['application/json'], schema: tokenListSchema },
};

export const TOKEN_REVOKE: Route = {
  method: 'DELETE',
  path: '/api/v1/tokens/{id}',
  scope: 'admin',
  operationId: 'revokeToken',
  summary: 'Revoke an access token, effective within a second',
};
