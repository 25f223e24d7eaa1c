import { describe, expect, test } from 'vitest';
import { openApiDocument } from './openapi.ts';
import { ROUTES } from './routes.ts';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

describe('the OpenAPI document', () => {
  const document = openApiDocument('1.2.3');
  const text = JSON.stringify(document);
  const { paths, components } = JSON.parse(text) as Document;

  test('describes every route once', () => {
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(new Set(described)).toEqual(
      new Set(ROUTES.map(({ method, path }) => `${method} ${path}`)),
    );
    const operations = ROUTES.map(({ operationId }) => operationId);
    expect(new Set(operations).size).toBe(ROUTES.length);
  });

  test('refers only to what it holds', () => {
    const names = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      expect(Object.keys(components.schemas)).toContain(name.replace('#/components/schemas/', ''));
    }
  });

  test('lets answers gain fields, and requests not', () => {
    expect(components.schemas['LogRecord']).not.toHaveProperty('additionalProperties');
    expect(components.schemas['LogSearchRequest']).toHaveProperty('additionalProperties', false);
  });
});
