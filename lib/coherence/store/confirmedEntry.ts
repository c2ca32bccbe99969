import type { Publisher } from '../index/publisher.ts'
import type { PageValue, PageCache } from './pageCache.ts'
import type { Found } from './entryStore.ts'

/** Once is enough, unless other renders bring newer pages under the key. */
const MOST_RAISES = 3

/**
 * The freshest usable page under `key`, which the index knows all of. A page that shows more than the index knew may have been made
 * from a part of a commit: the index is raised to it first, and then the page is judged again.
 * @returns undefined also for a page that the index does not get to know: it is rendered again
 * @throws as `EntryStore.get` and `Publisher.raiseToAtLeast`
 */
export async function confirmedEntry(
  coherence: { readonly pages: PageCache; readonly publisher: Publisher },
  key: string,
): Promise<Found<PageValue> | undefined> {
  const { pages, publisher } = coherence
  for (let raised = 0; ; raised++) {
    const found = await pages.get(key)
    if (!found?.ahead) return found
    if (raised === MOST_RAISES) return undefined
    await publisher.raiseToAtLeast(found.entry.dependencies, found.snapshot, found.entry)
  }
}
