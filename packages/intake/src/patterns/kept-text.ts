/**
 * A text that is kept: V8's parts of strings hold on to the whole they are cut from, which would be all that
 * was read.
 */
export function keptText(text: string, lengthMax: number = Infinity): string {
  return Buffer.from(text.length > lengthMax ? text.slice(0, lengthMax) : text).toString();
}
