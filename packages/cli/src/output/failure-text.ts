import type { Messages } from '@tendril/messages/messages';
import { Failure, messageOf } from '@tendril/model/failure';
import { printable } from './printable.ts';

/** What went wrong, in the reader's language where it has a sentence. */
export function failureText(error: unknown, messages: Messages): string {
  if (!(error instanceof Failure)) return printable(messageOf(error));
  const { code, message, params } = error;
  return printable(messages.failure({ code, params, detail: message }));
}
