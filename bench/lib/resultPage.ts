/** What is written by hand, such as a run that no command makes again. */
const BY_HAND = /<!-- by hand -->[^]*?<!-- end -->/g

/**
 * A page of docs/results as a run writes it, with what was written by hand kept.
 * @param before the page as it is there @param again the section on how to run it again
 */
export function resultPage(
  before: string,
  { title, sections, again }: { title: string; sections: readonly string[]; again: string },
): string {
  return `# ${title}\n\n${[...sections, ...(before.match(BY_HAND) ?? []), again].join('\n\n')}\n`
}
