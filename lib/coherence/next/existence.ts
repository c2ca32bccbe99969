import type { VersionedTag } from '../tags.ts'
import type { PageRoute } from './pageRoutes.ts'

/** The page, the redirect or the absence at an address. A cache keeps a redirect by the versions that it was made from, as a page. */
export type Place =
  | 'page'
  | 'missing'
  | {
      /** The address of today, without a query. */
      readonly movedTo: string
      readonly madeFrom: readonly VersionedTag[]
    }

/** The facts about pages that the kernel cannot know: their addresses, and the answer where there is none. */
export interface Existence {
  /**
   * Answered from what is true after the call began.
   * @param gone a page was at the address, and its render has just found none
   * @throws {FreshnessError} SOURCE_UNAVAILABLE
   */
  placeAt(route: Pick<PageRoute, 'source' | 'pathname'>, gone?: boolean): Promise<Place>
  /** @returns the address of a wholly static page that carries `MISSING_TAG` */
  missingPageOf(pathname: string): string
}
