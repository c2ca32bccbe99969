import type { Dependencies } from '../protocol/freshness.ts'
import { versionIndex } from './versionIndex.ts'

/**
 * Raises the index to the versions that are about to be shown, so that no cached page shows less to the same reader
 * afterwards: for what was just read from Postgres, such as a search.
 * @throws {FreshnessError} SOURCE_UNAVAILABLE
 */
export async function publishVersions(dependencies: Dependencies): Promise<void> {
  await versionIndex().raiseToAtLeast(dependencies, await versionIndex().read(dependencies.tags))
}
