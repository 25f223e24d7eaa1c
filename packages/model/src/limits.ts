/** Default limits. Each is a key under `limits` in the configuration and is tested at and past it. */
export interface Limits {
  /** Of one request, as sent and after decompression. A gzip bomb stops here. */
  readonly requestBytesMax: number;
  readonly requestRecordsMax: number;
  /** Of JSON and of nested attribute values. */
  readonly nestingDepthMax: number;
  readonly recordAttributesMax: number;
  readonly keyBytesMax: number;
  /** Of a value or body; longer ones are cut, marked and counted. */
  readonly valueBytesMax: number;
  /** JSON paths of a table; the rest goes to one overflow map and is counted. */
  readonly attributePathsMax: number;
  readonly queryTextBytesMax: number;
  readonly queryClausesMax: number;
  readonly tailSubscribersMax: number;
}

export const DEFAULT_LIMITS: Limits = {
  requestBytesMax: 64 * 1024 * 1024,
  requestRecordsMax: 1_000_000,
  nestingDepthMax: 64,
  recordAttributesMax: 1024,
  keyBytesMax: 1024,
  valueBytesMax: 2 * 1024 * 1024,
  attributePathsMax: 1024,
  queryTextBytesMax: 64 * 1024,
  queryClausesMax: 10_000,
  tailSubscribersMax: 200,
};
