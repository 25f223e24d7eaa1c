/** Copies a text and says so in place. */
import { useEffect, useState, type ReactElement } from 'react';
import { copyText } from '../lib/clipboard.ts';
import { useText } from '../lib/text.tsx';
import { Icon } from './icon.tsx';

const SHOWN_MS = 1_500;

export interface CopyButtonProps {
  readonly value: string;
  /** Beside the icon; without it the button is the icon alone. */
  readonly label?: string;
}

export function CopyButton({ value, label }: CopyButtonProps): ReactElement {
  const { text } = useText();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const name = isCopied ? text('copied') : (label ?? text('copy'));
  return (
    <button
      type="button"
      className={`button small ghost ${label === undefined ? 'icon' : ''}`}
      aria-label={name}
      title={name}
      onClick={(event) => {
        event.stopPropagation();
        void copyText(value).then(setCopied);
      }}
    >
      <Icon name={isCopied ? 'check' : 'copy'} sizePx={14} />
      {label !== undefined && name}
    </button>
  );
}
