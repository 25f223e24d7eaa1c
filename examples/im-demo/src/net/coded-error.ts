/** Errors with OpenIM's codes, which travel between services. */
export const CODES = {
  internal: { code: 500, name: 'ServerInternalError' },
  arguments: { code: 1001, name: 'ArgsError' },
  noPermission: { code: 1002, name: 'NoPermissionError' },
  notFound: { code: 1004, name: 'RecordNotFoundError' },
  groupNotFound: { code: 1201, name: 'GroupIDNotFoundError' },
  notInGroup: { code: 1203, name: 'NotInGroupYetError' },
  blocked: { code: 1302, name: 'BlockedByPeer' },
  tokenExpired: { code: 1501, name: 'TokenExpiredError' },
  tokenInvalid: { code: 1502, name: 'TokenInvalidError' },
  tokenNotYet: { code: 1504, name: 'TokenNotValidYetError' },
  overload: { code: 1601, name: 'ConnOverMaxNumLimit' },
  database: { code: 90002, name: 'DatabaseError' },
  network: { code: 90004, name: 'NetworkError' },
} as const;
export type CodeName = keyof typeof CODES;

const REFUSALS: ReadonlySet<number> = new Set(
  (
    [
      'arguments',
      'noPermission',
      'notFound',
      'groupNotFound',
      'notInGroup',
      'blocked',
      'tokenInvalid',
    ] as const
  ).map((name) => CODES[name].code),
);

export class CodedError extends Error {
  readonly code: number;
  readonly codeName: string;
  readonly detail: string;

  constructor(code: number, codeName: string, detail: string) {
    super(`${code} ${codeName}${detail === '' ? '' : ` ${detail}`}`);
    this.code = code;
    this.codeName = codeName;
    this.detail = detail;
  }
}

export function coded(name: CodeName, detail = ''): CodedError {
  return new CodedError(CODES[name].code, CODES[name].name, detail);
}

/** A request that was answered with no, as it should be. */
export function isRefusal(error: unknown): boolean {
  return error instanceof CodedError && REFUSALS.has(error.code);
}
