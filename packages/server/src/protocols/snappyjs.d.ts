/** It has no types of its own; this is what tests use of it. */
declare module 'snappyjs' {
  export function compress(bytes: Uint8Array): Uint8Array<ArrayBuffer>;
}
