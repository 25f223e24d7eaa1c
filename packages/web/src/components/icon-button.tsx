/** A button that shows an icon; its label is what it is called and its hover text. */
import type { MouseEvent, ReactElement } from 'react';
import { Icon, type IconName } from './icon.tsx';

export interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: (event: MouseEvent<HTMLButtonElement>) => void;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly small?: boolean;
  readonly tabIndex?: number;
}

export function IconButton(props: IconButtonProps): ReactElement {
  const { icon, label, onClick, pressed, disabled = false, small = true, tabIndex } = props;
  return (
    <button
      type="button"
      className={`button icon ghost ${small ? 'small' : ''}`}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      disabled={disabled}
      tabIndex={tabIndex}
      onClick={onClick}
    >
      <Icon name={icon} sizePx={small ? 14 : 18} />
    </button>
  );
}
