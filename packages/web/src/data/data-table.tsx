/** A table of figures under a heading. */
import { useId, type ReactElement, type ReactNode } from 'react';

export interface DataTableProps {
  readonly title: string;
  readonly hint: string;
  /** What stands there when there are no rows. */
  readonly empty: string;
  /** The first is what a row is of; the others are figures. */
  readonly heads: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
}

export function DataTable({ title, hint, empty, heads, rows }: DataTableProps): ReactElement {
  const id = useId();
  return (
    <section className="data-section" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <p className="dim">{hint}</p>
      {rows.length === 0 ? (
        <p className="dim-2">{empty}</p>
      ) : (
        <div className="data-table-frame">
          <table className="data-table number" aria-labelledby={id}>
            <thead>
              <tr>
                {heads.map((head) => (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ key, cells }) => (
                <tr key={key}>
                  {heads.map((head, at) =>
                    at === 0 ? (
                      <th key={head} scope="row">
                        {cells[at]}
                      </th>
                    ) : (
                      <td key={head}>{cells[at]}</td>
                    ),
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
