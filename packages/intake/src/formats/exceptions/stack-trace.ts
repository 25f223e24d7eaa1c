/** A stack trace with no record before it: what programs print on standard error when they fail. */
import type { AttributeValue } from '@tendril/model/attribute';
import type { LineFormat, ParsedLine } from '../../format.ts';
import { severityTextOf } from '../severity-word.ts';
import { addException, exceptionOf } from './exception.ts';

export const STACK_TRACE: LineFormat = {
  name: 'stack-trace',
  title: {
    en: 'Stack traces of Go, Python, Java and JavaScript that stand alone',
    zh: '单独出现的 Go、Python、Java、JavaScript 堆栈',
  },
  specificity: 'specific',
  gate: {
    first: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz/',
    containsAny: ['panic: ', 'fatal error: ', 'Traceback (most', '\n'],
  },
  parse,
};

const ERROR = 17;
const FATAL = 21;

function parse(line: string): ParsedLine | undefined {
  const exception = exceptionOf(line);
  if (!exception) return undefined;
  const number = exception.isFatal ? FATAL : ERROR;
  const attributes = new Map<string, AttributeValue>();
  addException(exception, attributes);
  return {
    timeNs: undefined,
    severityText: severityTextOf(number),
    severityNumber: number,
    body: line,
    eventName: '',
    scopeName: '',
    attributes,
    resource: undefined,
  };
}
