/** A service's name with its colour, the same everywhere. */
import type { ReactElement } from 'react';
import { visibleLine } from './visible-text.ts';
import './records.css';

const COLOURS = 8;
const NAME_CHARACTERS_MAX = 200;

export function ServiceName({ name }: { readonly name: string }): ReactElement {
  return (
    <>
      <i className="service-dot" style={{ background: serviceColour(name) }} />
      <bdi>{visibleLine(name, NAME_CHARACTERS_MAX)}</bdi>
    </>
  );
}

/** A variable of the theme. Colours repeat: the name must stand beside it. */
export function serviceColour(name: string): string {
  return `var(${serviceColourName(name)})`;
}

export function serviceColourName(name: string): string {
  let hash = 0;
  for (let at = 0; at < name.length; at += 1) hash = (hash * 31 + name.charCodeAt(at)) | 0;
  return `--s${(Math.abs(hash) % COLOURS) + 1}`;
}
