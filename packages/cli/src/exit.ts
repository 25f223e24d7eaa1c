/** Exit codes, the same for every command. */
export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  nothingFound: 3,
  partial: 4,
  unreachable: 5,
  access: 6,
  problemsFound: 7,
  interrupted: 130,
  brokenPipe: 141,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What a failure's code means for a script. */
export function exitCodeOf(code: string): ExitCode {
  switch (code) {
    case 'unreachable':
    case 'source_unreachable':
      return EXIT.unreachable;
    case 'unauthorized':
    case 'forbidden':
    case 'forbidden_host':
    case 'forbidden_origin':
    case 'source_access':
      return EXIT.access;
    case 'no_pods':
    case 'no_containers':
    case 'no_units':
      return EXIT.nothingFound;
    case 'bad_usage':
      return EXIT.usage;
    default:
      return code.startsWith('query_') || code.startsWith('bad_') ? EXIT.usage : EXIT.error;
  }
}
