/**
 * A second line of defence for reads. Rights close every table function and every system table, but
 * these scalar functions need no right: in an embedded engine `file('/etc/passwd')` reads any file of
 * the server's user. Our statements never call them, so a text that does was not meant.
 */
import { Failure } from '@tendril/model/failure';

const STRINGS_AND_COMMENTS = /'(?:\\[\s\S]|[^'\\])*'|--[^\n]*|\/\*[\s\S]*?\*\//g;
const CLOSED_CALL = /(?<![\w$])(["`]?)(file|hasColumnInTable|showCertificate)\1\s*\(/i;

export function refuseClosedFunctions(text: string): void {
  const name = CLOSED_CALL.exec(text.replaceAll(STRINGS_AND_COMMENTS, ' '))?.[2];
  if (name === undefined) return;
  throw new Failure({
    code: 'bad_query',
    detail: `the function ${name} is not open to queries`,
    params: { function: name },
  });
}
