/**
 * What a person can do on the page they see: components register actions while they are mounted; the
 * command palette lists them, the keyboard sheet those with keys, one listener runs them.
 */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { PageMessageId } from '@tendril/messages/page';
import { preferences } from './preferences.ts';

export interface Action {
  readonly id: string;
  readonly label: PageMessageId;
  /** `j`, `Shift+J`, `Mod+K` (Ctrl, or Command on a Mac). The first is shown. */
  readonly keys?: readonly string[];
  /** Also while a text field has the focus; for keys with a modifier and Escape. */
  readonly inFields?: boolean;
  readonly run: () => void;
}

type Registration = { readonly current: readonly Action[] };

const registrations = new Set<Registration>();
const listeners = new Set<() => void>();
let snapshot: readonly Action[] = [];

function changed(): void {
  snapshot = [...registrations].flatMap(({ current }) => current);
  for (const listener of listeners) listener();
}

/** Registered while the component is mounted; `run` may change with every render. */
export function useActions(actions: readonly Action[]): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  const signature = actions.map(({ id }) => id).join(' ');
  useEffect(() => {
    registrations.add(latest);
    changed();
    return () => {
      registrations.delete(latest);
      changed();
    };
  }, [signature]);
}

/** All actions of the moment. */
export function useAllActions(): readonly Action[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => snapshot,
  );
}

/** The action's present `run`, for lists that were made earlier. */
export function runAction(id: string): void {
  for (const { current } of registrations) {
    const found = current.find((action) => action.id === id);
    if (found) {
      found.run();
      return;
    }
  }
}

/** Runs the action of a key press, the one registered last if several want it. */
export function runKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const pressed = keyText(event);
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (isPlain && isLetter(event.key) && !preferences().shortcuts) return;
  const inField = isField(event.target);
  const inDialog = event.target instanceof Element && event.target.closest('[role=dialog]');
  for (const { current } of [...registrations].toReversed()) {
    const action = current.find(({ keys = [] }) => keys.includes(pressed));
    if (!action || ((inField || inDialog) && action.inFields !== true)) continue;
    event.preventDefault();
    action.run();
    return;
  }
}

function isLetter(key: string): boolean {
  return key.length === 1;
}

/** A shifted sign is the sign: `?`, not `Shift+?`. */
function keyText({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): string {
  const name = key.length === 1 && !shiftKey ? key.toLowerCase() : key;
  const isSign = key.length === 1 && key.toLowerCase() === key.toUpperCase();
  return [
    ...(ctrlKey || metaKey ? ['Mod'] : []),
    ...(altKey ? ['Alt'] : []),
    ...(shiftKey && !isSign ? ['Shift'] : []),
    name === ' ' ? 'Space' : name,
  ].join('+');
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) {
    return !['checkbox', 'radio', 'button', 'range'].includes(target.type);
  }
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

const IS_MAC: boolean = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** As the keyboard of this machine names it. */
export function shownKey(keys: string): string {
  return keys
    .split('+')
    .map((key) => {
      if (key === 'Mod') return IS_MAC ? '⌘' : 'Ctrl';
      if (key === 'ArrowUp') return '↑';
      if (key === 'ArrowDown') return '↓';
      if (key === 'ArrowLeft') return '←';
      if (key === 'ArrowRight') return '→';
      if (key === 'Escape') return 'Esc';
      return key.length === 1 ? key.toUpperCase() : key;
    })
    .join(' ');
}
