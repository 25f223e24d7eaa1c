/** A file of SQL into its statements: at semicolons outside strings, quoted names and comments. */

/** Without the semicolons; pieces that hold nothing but comments are left out. */
export function splitStatements(text: string): readonly string[] {
  const statements: string[] = [];
  let start = 0;
  let hasCode = false;
  let position = 0;
  const end = (): void => {
    if (hasCode) statements.push(text.slice(start, position).trim());
    start = position + 1;
    hasCode = false;
  };
  while (position < text.length) {
    const comment = commentEnd(text, position);
    if (comment !== undefined) {
      position = comment;
      continue;
    }
    if (text[position] === ';') end();
    else if (!/\s/.test(text[position] ?? '')) hasCode = true;
    position = quoteEnd(text, position) ?? position + 1;
  }
  end();
  return statements;
}

/** Just after the comment that begins here, if one does. One that is not closed runs to the end. */
function commentEnd(text: string, position: number): number | undefined {
  if (text.startsWith('--', position)) return after(text, '\n', position);
  if (text.startsWith('/*', position)) return after(text, '*/', position + 2);
  return undefined;
}

/** Just after the string, quoted name or heredoc that begins here, if one does. */
function quoteEnd(text: string, position: number): number | undefined {
  const quote = text[position];
  if (quote === "'" || quote === '"' || quote === '`') return closingQuote(text, position, quote);
  if (quote !== '$') return undefined;
  const tag = /^\$\w*\$/.exec(text.slice(position, position + 64))?.[0];
  return tag === undefined ? undefined : after(text, tag, position + tag.length);
}

/** A doubled quote needs no care here: it is one string that ends and another that begins. */
function closingQuote(text: string, open: number, quote: string): number {
  for (let position = open + 1; position < text.length; position += 1) {
    if (text[position] === '\\') position += 1;
    else if (text[position] === quote) return position + 1;
  }
  return text.length;
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? text.length : found + mark.length;
}
