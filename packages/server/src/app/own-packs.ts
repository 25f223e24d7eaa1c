/** The packs of this server: those that come with Tendril and the user's own. */
import type { FormatTable } from '@tendril/intake/format-table';
import type { KnownErrors } from '@tendril/intake/packs/known-errors';
import { formatsWith, knownErrorsOf, loadPacks } from '@tendril/intake/packs/load-packs';
import { ownPacks } from '@tendril/intake/packs/pack-folder';

/** Throws a `Failure` when something is wrong with a pack: half a pack would read lines wrongly for years. */
export function packFormats(
  { packs }: { readonly packs: string | undefined },
  dataPath: string,
): FormatTable {
  return formatsWith(loadPacks({ folders: ownPacks(packs, dataPath), sections: ['formats'] }));
}

/** What they know of errors and codes; read when it is asked for the first time. */
export function packKnowledge(
  { packs }: { readonly packs: string | undefined },
  dataPath: string,
): () => KnownErrors {
  let known: KnownErrors | undefined;
  return () => (known ??= knownErrorsOf(loadPacks({ folders: ownPacks(packs, dataPath) })));
}
