/** Which keys do what, on the page that is shown. */
import { Modal } from '@mantine/core';
import type { ReactElement } from 'react';
import { shownKey, useAllActions } from '../lib/actions.ts';
import { useText } from '../lib/text.tsx';

/** The table and the histogram handle these themselves, while they have the focus. */
const ROW_KEYS = [
  { label: 'sheet.rows.move', keys: ['↓', '↑'] },
  { label: 'sheet.rows.cell', keys: ['→', '←'] },
  { label: 'sheet.rows.open', keys: ['Enter'] },
  { label: 'sheet.rows.expand', keys: ['Space'] },
  { label: 'sheet.rows.select', keys: ['Shift ↓', 'Shift ↑'] },
  { label: 'sheet.bars', keys: ['←', '→', 'Shift →', 'Enter'] },
] as const;

export function ShortcutSheet({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { text } = useText();
  const actions = useAllActions().filter(({ keys = [] }) => keys.length > 0);
  return (
    <Modal
      opened
      onClose={onClose}
      title={text('sheet.title')}
      closeButtonProps={{ 'aria-label': text('close') }}
      lockScroll={false}
      size="lg"
    >
      <dl className="sheet-list">
        {actions.map(({ id, label, keys = [] }) => (
          <KeyEntry key={id} label={text(label)} keys={keys.map(shownKey)} />
        ))}
      </dl>
      {document.querySelector('.record-table') && (
        <>
          <h3 className="sheet-part">{text('sheet.rows')}</h3>
          <dl className="sheet-list">
            {ROW_KEYS.map(({ label, keys }) => (
              <KeyEntry key={label} label={text(label)} keys={keys} />
            ))}
          </dl>
        </>
      )}
      <p className="dim" style={{ marginTop: 16, fontSize: 'var(--text-s)' }}>
        {text('sheet.hint')}
      </p>
    </Modal>
  );
}

interface KeyEntryProps {
  readonly label: string;
  readonly keys: readonly string[];
}

function KeyEntry({ label, keys }: KeyEntryProps): ReactElement {
  return (
    <div style={{ display: 'contents' }}>
      <dt>{label}</dt>
      <dd>
        {keys.map((each) => (
          <span key={each} className="key" style={{ marginLeft: 6 }}>
            {each}
          </span>
        ))}
      </dd>
    </div>
  );
}
