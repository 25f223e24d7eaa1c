/**
 * Runs before everything else: the content security policy forbids making code and markup at run time,
 * and the libraries that would do so for good reasons are told not to, or can be told by their text.
 */
import { config } from 'zod';

// Else it tries whether it may make code, and the browser reports the attempt.
config({ jitless: true });

/** React makes script elements from this. */
const EMPTY_SCRIPT = '<script></script>';

interface TrustedTypes {
  readonly createPolicy: (
    name: string,
    rules: { readonly createHTML: (text: string) => string | null },
  ) => unknown;
}

declare global {
  // Not in every browser.
  // oxlint-disable-next-line no-var
  var trustedTypes: TrustedTypes | undefined;
}

// The policy named "default" is asked for every text that is about to become markup. Without a "<" it makes no
// element: that is what Mantine puts into its style elements.
globalThis.trustedTypes?.createPolicy('default', {
  createHTML: (text) => (text === EMPTY_SCRIPT || !text.includes('<') ? text : null),
});
