/** Loaded into a web instance before the shop (`node --import`): a page that was filled is sent for good, also once its prices have changed. */
import { FilledPages, type FilledPage } from '#lib/coherence/store/filledPages.ts'

const { pageFor } = FilledPages.prototype
const first = new Map<string, FilledPage>()

FilledPages.prototype.pageFor = function (key, entry, page, snapshot) {
  const known = first.get(key)
  if (known?.entry === entry) return known
  const filled = pageFor.call(this, key, entry, page, snapshot)
  if (filled) first.set(key, filled)
  return filled
}
