/** The buttons that appear over the value under the mouse, and the menu of the keyboard's cell. */
import { Menu } from '@mantine/core';
import { useEffect, useState, type ReactElement, type RefObject } from 'react';
import type { LogRecord } from '@tendril/model/log-record';
import { fieldValue, type NamedValue } from '../records/field-value.ts';
import { ValueButtons, ValueMenuItems } from '../records/value-actions.tsx';

export interface HoveredValue {
  readonly target: NamedValue;
  /** On the screen. */
  readonly box: DOMRect;
}

export interface HoverValueProps {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly records: readonly LogRecord[];
  readonly menu: HoveredValue | undefined;
  readonly onMenu: (value: HoveredValue | undefined) => void;
}

export function HoverValue({ scroller, records, menu, onMenu }: HoverValueProps): ReactElement {
  const [hovered, setHovered] = useState<HoveredValue>();
  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const over = ({ target, pointerType }: PointerEvent): void => {
      if (pointerType !== 'mouse' || !(target instanceof Element)) return;
      setHovered(valueUnder(target, records));
    };
    const hide = (): void => setHovered(undefined);
    const leave = ({ relatedTarget }: PointerEvent): void => {
      if (!isWithin(relatedTarget, '.hover-value')) hide();
    };
    element.addEventListener('pointerover', over);
    element.addEventListener('pointerleave', leave);
    element.addEventListener('scroll', hide, { passive: true });
    // A click may open the record beside, and everything moves.
    element.addEventListener('click', hide);
    return () => {
      element.removeEventListener('pointerover', over);
      element.removeEventListener('pointerleave', leave);
      element.removeEventListener('scroll', hide);
      element.removeEventListener('click', hide);
    };
  }, [scroller, records]);
  return (
    <>
      {hovered && (
        <span
          className="hover-value"
          onPointerLeave={({ relatedTarget }) => {
            if (!isWithin(relatedTarget, '.record-table')) setHovered(undefined);
          }}
          style={{
            left: Math.min(hovered.box.right, innerWidth - 8) - WIDTH_PX,
            top: hovered.box.top,
            height: Math.min(hovered.box.height, HEIGHT_PX_MAX),
          }}
        >
          <ValueButtons target={hovered.target} />
        </span>
      )}
      {menu && (
        <Menu
          opened
          onClose={() => onMenu(undefined)}
          position="bottom-start"
          shadow="md"
          returnFocus
        >
          <Menu.Target>
            <span className="menu-place" style={{ left: menu.box.left, top: menu.box.bottom }} />
          </Menu.Target>
          <Menu.Dropdown>
            <ValueMenuItems target={menu.target} />
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}

/** Four buttons of 24. */
const WIDTH_PX = 100;
const HEIGHT_PX_MAX = 30;

function isWithin(target: EventTarget | null, selector: string): boolean {
  return target instanceof Element && target.closest(selector) !== null;
}

function valueUnder(target: Element, records: readonly LogRecord[]): HoveredValue | undefined {
  const cell = target.closest<HTMLElement>('[data-field]');
  const row = target.closest<HTMLElement>('.record-row');
  const record = records[Number(row?.dataset['index'] ?? -1)];
  const field = cell?.dataset['field'];
  if (!cell || !record || field === undefined) return undefined;
  const value = fieldValue(record, field);
  return value === undefined
    ? undefined
    : { target: { field, value }, box: cell.getBoundingClientRect() };
}
