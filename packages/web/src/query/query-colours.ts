/** Colours of a query's words in the editor. */
import { RangeSetBuilder, type Extension } from '@codemirror/state';
import { Decoration, ViewPlugin, type DecorationSet, type EditorView } from '@codemirror/view';
import { highlightQuery } from '@tendril/query/highlight';

export const queryColours: Extension = ViewPlugin.define(
  (view) => {
    const plugin = {
      decorations: decorationsOf(view),
      update(update: { readonly docChanged: boolean; readonly view: EditorView }): void {
        if (update.docChanged) plugin.decorations = decorationsOf(update.view);
      },
    };
    return plugin;
  },
  { decorations: (plugin) => plugin.decorations },
);

function decorationsOf({ state }: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { kind, start, end } of highlightQuery(state.doc.toString())) {
    builder.add(start, end, Decoration.mark({ class: `query-${kind}` }));
  }
  return builder.finish();
}
