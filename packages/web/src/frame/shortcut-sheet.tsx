/** Which keys do what, on the page that is shown. */
import { Modal } from '@mantine/core';
import type { ReactElement } from 'react';
import { shownKey, useAllActions } from '../lib/actions.ts';
import { useText } from '../lib/text.tsx';

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
          <div key={id} style={{ display: 'contents' }}>
            <dt>{text(label)}</dt>
            <dd>
              {keys.map((each) => (
                <span key={each} className="key" style={{ marginLeft: 6 }}>
                  {shownKey(each)}
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <p className="dim" style={{ marginTop: 16, fontSize: 'var(--text-s)' }}>
        {text('sheet.hint')}
      </p>
    </Modal>
  );
}
