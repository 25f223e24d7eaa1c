/** The OpenAPI 3.1 document, generated from the routes and their schemas. */
import { z } from 'zod';
import { PROBLEM_MEDIA_TYPE, problemSchema } from './problem.ts';
import type { Route, RouteBody } from './route.ts';
import { ROUTES } from './routes.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export function openApiDocument(version: string): JsonObject {
  const schemas: SchemaMap = {};
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of ROUTES) {
    const path = (paths[route.path] ??= {});
    path[route.method.toLowerCase()] = operation(route, schemas);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tendril',
      version,
      description: 'Logs in, searchable. Additive within v1.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'tendril_session' },
      },
    },
  };
}

/** Named schemas, collected while operations are described. */
type SchemaMap = Record<string, Json>;

function operation(route: Route, schemas: SchemaMap): JsonObject {
  return {
    operationId: route.operationId,
    summary: route.summary,
    'x-tendril-scope': route.scope,
    security: route.scope === 'none' ? [] : [{ bearer: [] }, { session: [] }],
    parameters: [...pathParameters(route), ...queryParameters(route, schemas)],
    ...(route.request && {
      requestBody: {
        required: true,
        ...(route.request.description !== undefined && { description: route.request.description }),
        content: content(route.request, 'input', schemas),
      },
    }),
    responses: {
      ...(route.response
        ? { 200: { description: 'Success', content: content(route.response, 'output', schemas) } }
        : { 204: { description: 'Done' } }),
      default: {
        description: 'Something was wrong; `code` says what',
        content: { [PROBLEM_MEDIA_TYPE]: { schema: schemaOf(problemSchema, 'output', schemas) } },
      },
    },
  };
}

function pathParameters({ path }: Route): JsonObject[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters({ query }: Route, schemas: SchemaMap): JsonObject[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(query, 'input', schemas) as {
    readonly properties?: { readonly [name: string]: Json };
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function content(
  { mediaTypes, schema }: RouteBody,
  io: 'input' | 'output',
  schemas: SchemaMap,
): JsonObject {
  const described: JsonObject =
    schema === undefined ? {} : { schema: schemaOf(schema, io, schemas) };
  return Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, described]));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: SchemaMap): JsonObject {
  const { $schema: _dialect, ...whole } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // Answers may gain fields within v1; clients must not be told otherwise.
      if (io === 'output' && jsonSchema.additionalProperties === false)
        delete jsonSchema.additionalProperties;
    },
  });
  const { $defs = {}, ...rest } = withReferencesMoved(whole);
  Object.assign(schemas, $defs);
  return rest;
}

// A reference is resolved against the whole document, where named schemas are components.
function withReferencesMoved(schema: unknown): JsonObject {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text) as JsonObject;
}
