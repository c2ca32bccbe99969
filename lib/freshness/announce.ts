import { dependenciesOf } from './freshness.ts'
import { versionIndex } from './versionIndex.ts'

/**
 * For what is read from Postgres on each request, such as search: raises the index to the versions that are
 * about to be shown, so that no cached page shows less to the same reader afterwards.
 * @param tags versioned tags of every row that was read
 * @throws {FreshnessError} SOURCE_UNAVAILABLE
 */
export async function announce(tags: readonly string[]): Promise<void> {
  const dependencies = dependenciesOf(tags)
  await versionIndex().observe(dependencies, await versionIndex().read(dependencies.tags))
}
