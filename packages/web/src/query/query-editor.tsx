/** The query editor: colours, completion of fields and values, mistakes underlined where they are. */
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  closeCompletion,
  completionStatus,
  moveCompletionSelection,
  selectedCompletion,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { forceLinting, lintKeymap, linter } from '@codemirror/lint';
import { Compartment, EditorState, Prec, type Extension } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, type ReactElement } from 'react';
import { useApi } from '../lib/api.ts';
import { styleNonce } from '../lib/style-nonce.ts';
import { useText } from '../lib/text.tsx';
import type { QueryBarProps } from './query-bar.tsx';
import { queryColours } from './query-colours.ts';
import { completeQuery } from './query-completion.ts';
import { queryMistakes } from './query-mistakes.ts';
import { useFields } from './use-fields.ts';

export interface QueryEditorProps extends QueryBarProps {
  /** The plain field had the focus when the editor took its place. */
  readonly hadFocus: boolean;
}

const LINT_DELAY_MS = 250;

export function QueryEditor(props: QueryEditorProps): ReactElement {
  const { draft, hadFocus, range, error, source } = props;
  const { text, language, failure } = useText();
  const api = useApi();
  const queryClient = useQueryClient();
  const fields = useFields(range, source).data?.fields ?? [];
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  // What was typed and has not come back as the draft yet: on a busy machine it comes when more was typed.
  const echoes = useRef<string[]>([]);
  // What the editor's extensions see: always the latest props.
  const latest = useRef({ ...props, fields, text, language, failure });
  useEffect(() => {
    latest.current = { ...props, fields, text, language, failure };
  });
  useEffect(() => {
    if (!place.current) return undefined;
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: latest.current.draft,
        extensions: [
          ...BASICS,
          labelling.of(labels(text)),
          EditorView.cspNonce.of(styleNonce()),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return;
            const typed = update.state.doc.toString();
            if (typed !== latest.current.draft) echoes.current.push(typed);
            latest.current.onDraft(typed);
          }),
          Prec.highest(
            keymap.of([
              {
                key: 'Enter',
                run: (target) => {
                  const { state } = target;
                  // A suggestion that was gone to with the arrows is taken; else the query runs as it stands.
                  if (selectedCompletion(state)) return false;
                  closeCompletion(target);
                  latest.current.onRun(state.doc.toString());
                  return true;
                },
              },
              {
                key: 'Mod-Enter',
                run: ({ state }) => {
                  latest.current.onRun(state.doc.toString());
                  return true;
                },
              },
              { key: 'Tab', run: acceptFirst },
            ]),
          ),
          autocompletion({
            override: [
              async (context) =>
                await completeQuery(context, { api, queryClient, ...latest.current }),
            ],
            icons: false,
            selectOnOpen: false,
            interactionDelay: 0,
          }),
          linter((shown) => queryMistakes(shown.state.doc.toString(), latest.current), {
            delay: LINT_DELAY_MS,
          }),
        ],
      }),
    });
    view.current = editor;
    if (hadFocus) {
      editor.focus();
      editor.dispatch({ selection: { anchor: editor.state.doc.length } });
    }
    return () => editor.destroy();
    // The editor is made once; what changes reaches it through `latest`.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [api, queryClient]);
  useEffect(() => {
    const echo = echoes.current.indexOf(draft);
    if (echo >= 0) {
      echoes.current.splice(0, echo + 1);
      return;
    }
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === draft) return;
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: draft },
      selection: { anchor: draft.length },
    });
  }, [draft]);
  useEffect(() => {
    if (view.current) forceLinting(view.current);
  }, [error, fields.length]);
  useEffect(() => {
    view.current?.dispatch({ effects: labelling.reconfigure(labels(text)) });
  }, [text]);
  return <div ref={place} className="query-editor" />;
}

/** The suggestion that is chosen, else the first. */
function acceptFirst(view: EditorView): boolean {
  const status = completionStatus(view.state);
  // The list is being made anew: the key is meant for it, not for the next field of the page.
  if (status !== 'active') return status === 'pending';
  if (!selectedCompletion(view.state)) moveCompletionSelection(true)(view);
  return acceptCompletion(view);
}

const labelling = new Compartment();

function labels(text: ReturnType<typeof useText>['text']): Extension {
  return [
    placeholder(text('query.placeholder')),
    EditorView.contentAttributes.of({ 'aria-label': text('query.label') }),
  ];
}

// One line: what is pasted with line ends stays one condition after the other.
const ONE_LINE = EditorState.transactionFilter.of((transaction) => {
  if (!transaction.docChanged || transaction.newDoc.lines === 1) return transaction;
  const text = transaction.newDoc.toString().replaceAll(/\s*\n\s*/g, ' ');
  return [
    {
      changes: { from: 0, to: transaction.startState.doc.length, insert: text },
      selection: { anchor: text.length },
    },
  ];
});

const BASICS: readonly Extension[] = [
  history(),
  closeBrackets(),
  ONE_LINE,
  queryColours,
  keymap.of([
    ...closeBracketsKeymap,
    ...completionKeymap,
    ...lintKeymap,
    ...historyKeymap,
    ...defaultKeymap,
  ]),
];
