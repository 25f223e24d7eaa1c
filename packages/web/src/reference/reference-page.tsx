/**
 * The query language on one page, from the definitions that the parser and the completion use. Every example
 * can be run.
 */
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { LOG_FIELDS } from '@tendril/model/fields';
import { FILTER_SYNTAX } from '@tendril/query/filter-reference';
import { AGGREGATE_FUNCTIONS } from '@tendril/query/pipes/aggregates';
import { MATH_FUNCTIONS } from '@tendril/query/pipes/math';
import type { Bilingual, PipeDefinition } from '@tendril/query/pipes/pipe';
import { PIPES } from '@tendril/query/pipes/registry';
import { useText } from '../lib/text.tsx';
import './reference.css';

export function ReferencePage(): ReactElement {
  const { text, language } = useText();
  return (
    <div className="reference">
      <nav className="reference-contents" aria-label={text('reference.contents')}>
        <a href="#conditions">{text('reference.conditions')}</a>
        <a href="#pipes">{text('reference.pipes')}</a>
        {PIPES.map(({ name }) => (
          <a key={name} className="mono" href={`#pipe-${name}`}>
            {name}
          </a>
        ))}
        <a href="#fields">{text('reference.fields')}</a>
      </nav>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <div className="reference-text" tabIndex={0} role="group" aria-label={text('page.reference')}>
        <h1>{text('page.reference')}</h1>
        <p>{text('reference.intro')}</p>
        <h2 id="conditions">{text('reference.conditions')}</h2>
        <Examples
          rows={FILTER_SYNTAX.map(({ example, says }) => ({
            query: example,
            says: says[language],
          }))}
        />
        <p className="dim">{text('reference.escape')}</p>
        <h2 id="pipes">{text('reference.pipes')}</h2>
        {PIPES.map((pipe) => (
          <Pipe key={pipe.name} pipe={pipe} />
        ))}
        <h2 id="fields">{text('reference.fields')}</h2>
        <p>{text('reference.fields.intro')}</p>
        <Fields />
      </div>
    </div>
  );
}

function Pipe({ pipe }: { readonly pipe: PipeDefinition }): ReactElement {
  const { text, language } = useText();
  const { name, syntax, aliases, summary, details, examples } = pipe;
  const functions = FUNCTIONS.get(name) ?? [];
  return (
    <section aria-labelledby={`pipe-${name}`}>
      <h3 id={`pipe-${name}`} className="mono">
        {name}
      </h3>
      <pre className="code">{`| ${name} ${syntax}`.trimEnd()}</pre>
      <p>
        {summary[language]}
        {aliases.length > 0 && (
          <span className="dim"> {text('reference.alias', { names: aliases.join(', ') })}</span>
        )}
      </p>
      {details.map((detail) => (
        <p key={detail.en}>
          <Prose text={detail[language]} />
        </p>
      ))}
      {functions.length > 0 && (
        <table className="reference-table">
          <caption className="visually-hidden">{text('reference.functions')}</caption>
          <tbody>
            {functions.map(({ names, says }) => (
              <tr key={names.join(' ')}>
                <th scope="row" className="mono">
                  {names.join(' ')}
                </th>
                <td>
                  <Prose text={says[language]} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Examples rows={examples.map(({ query, says }) => ({ query, says: says[language] }))} />
    </section>
  );
}

interface DescribedFunction {
  readonly names: readonly string[];
  readonly says: Bilingual;
}

const FUNCTIONS: ReadonlyMap<string, readonly DescribedFunction[]> = new Map([
  [
    'stats',
    AGGREGATE_FUNCTIONS.map(({ name, aliases, says }) => ({ names: [name, ...aliases], says })),
  ],
  ['math', MATH_FUNCTIONS.map(({ name, says }) => ({ names: [name], says }))],
]);

interface ExamplesProps {
  readonly rows: readonly { readonly query: string; readonly says: string }[];
}

function Examples({ rows }: ExamplesProps): ReactElement {
  const { text } = useText();
  return (
    <table className="reference-table">
      <caption className="visually-hidden">{text('reference.examples')}</caption>
      <tbody>
        {rows.map(({ query, says }) => (
          <tr key={query}>
            <th scope="row">
              <Link to="/logs" search={{ q: query }} className="mono" title={text('reference.try')}>
                {query}
              </Link>
            </th>
            <td>
              <Prose text={says} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Fields(): ReactElement {
  const { text, language } = useText();
  return (
    <table className="reference-table">
      <thead>
        <tr>
          <th scope="col">{text('reference.name')}</th>
          <th scope="col">{text('reference.also')}</th>
          <th scope="col">{text('reference.what')}</th>
        </tr>
      </thead>
      <tbody>
        {LOG_FIELDS.map(({ name, aliases, label }) => (
          <tr key={name}>
            <th scope="row" className="mono">
              {name}
            </th>
            <td className="mono dim-2">{aliases.join(' ')}</td>
            <td>{label[language]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The texts are written for Markdown, of which they use the quotes around code alone. */
function Prose({ text }: { readonly text: string }): ReactElement {
  return (
    <>
      {text.split('`').map((part, at) =>
        at % 2 === 0 ? (
          part
        ) : (
          // The parts of a constant text keep their places.
          // oxlint-disable-next-line react/no-array-index-key
          <code key={at} className="mono">
            {part}
          </code>
        ),
      )}
    </>
  );
}
