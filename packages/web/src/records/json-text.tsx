/** JSON with its names and values in colours, made of text nodes. */
import type { ReactElement, ReactNode } from 'react';
import { visibleText } from './visible-text.ts';

const ENTRIES_MAX = 5_000;
const TEXT_CHARACTERS_MAX = 20_000;

export function JsonText({ value }: { readonly value: unknown }): ReactElement {
  return <>{jsonParts(value, '')}</>;
}

function jsonParts(value: unknown, indent: string): ReactNode {
  if (Array.isArray(value)) return JSON.stringify(value);
  if (typeof value === 'object' && value !== null) return objectParts(value, indent);
  if (typeof value === 'string') {
    const quoted = JSON.stringify(value.slice(0, TEXT_CHARACTERS_MAX));
    return (
      <span className="json-text">
        {visibleText(quoted)}
        {value.length > TEXT_CHARACTERS_MAX && '…'}
      </span>
    );
  }
  return <span className="json-number">{String(value)}</span>;
}

function objectParts(value: object, indent: string): ReactNode {
  const entries = Object.entries(value).slice(0, ENTRIES_MAX);
  if (entries.length === 0) return '{}';
  const inner = `${indent}  `;
  return (
    <>
      {'{\n'}
      {entries.map(([name, each], index) => (
        <span key={name}>
          {inner}
          <span className="json-name">{visibleText(JSON.stringify(name))}</span>
          {': '}
          {jsonParts(each, inner)}
          {index < entries.length - 1 ? ',\n' : '\n'}
        </span>
      ))}
      {indent}
      {'}'}
    </>
  );
}
