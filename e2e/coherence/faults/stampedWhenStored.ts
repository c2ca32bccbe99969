/**
 * Loaded into a web instance before the shop (`node --import`): an entry counts as made when it is stored and not
 * when its rows were read, as in every cache handler that is poisoned by an edit in the middle of a render.
 */
import { EntryStore } from '#lib/coherence/store/entryStore.ts'
import { versionIndex } from '#lib/catalog/coherence.ts'

const { put } = EntryStore.prototype

EntryStore.prototype.put = async function (key, entry) {
  const { states } = await versionIndex().read(entry.dependencies.tags)
  const stamped = [...entry.dependencies.versions].map(
    ([base, version]) => [base, states.get(base)?.version ?? version] as const,
  )
  await put.call(this, key, { ...entry, dependencies: { ...entry.dependencies, versions: new Map(stamped) } })
}
