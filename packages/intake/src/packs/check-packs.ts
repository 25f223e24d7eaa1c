/** All that is wrong with packs: what the loader found, and examples that do not give what they should. */
import { readFileSync, writeFileSync } from 'node:fs';
import { checkErrorExamples, checkExamples, EXAMPLE_CONTEXT, exampleOf } from './check-examples.ts';
import { filledExamples } from './fill-examples.ts';
import { formatsWith, knownErrorsOf, type LoadedPack, type Packs } from './load-packs.ts';
import { sectionFiles } from './pack-folder.ts';
import type { PackProblem } from './yaml-file.ts';

/** In the order of files and lines. Only packs that `isChecked` says yes to; the others are there to be referred to. */
export function checkPacks(
  packs: Packs,
  isChecked: (pack: LoadedPack) => boolean,
): readonly PackProblem[] {
  const checked = packs.packs.filter(isChecked);
  const isOfChecked = ({ file }: PackProblem): boolean =>
    checked.some(({ folder }) => file.startsWith(folder.path));
  const table = formatsWith(packs);
  const known = knownErrorsOf(packs);
  return [
    // A pack whose pack.yaml is wrong is not among those that were loaded.
    ...packs.problems.filter((each) => isOfChecked(each) || !isOfLoaded(packs, each)),
    ...[...packs.formats.values()]
      .filter(({ pack }) => isChecked(pack))
      .flatMap((loaded) => checkExamples(loaded, table)),
    ...[...packs.errors.values()].flatMap((loaded) => checkErrorExamples(loaded, known)),
  ]
    .filter((each) => isOfChecked(each) || !isOfLoaded(packs, each))
    .toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
}

function isOfLoaded({ packs }: Packs, { file }: PackProblem): boolean {
  return packs.some(({ folder }) => file.startsWith(folder.path));
}

/** Writes what lines give into examples that have nothing but a line. How many there were. */
export function fillPack(packs: Packs, pack: LoadedPack): number {
  let filled = 0;
  for (const file of sectionFiles(pack.folder, 'formats')) {
    const { text, count } = filledExamples(readFileSync(file, 'utf8'), (id, line) => {
      const parsed = packs.formats.get(id)?.format.parse(line, EXAMPLE_CONTEXT);
      return parsed && exampleOf(line, parsed);
    });
    if (count > 0) writeFileSync(file, text);
    filled += count;
  }
  return filled;
}
