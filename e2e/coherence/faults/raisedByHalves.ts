/** Loaded into a web instance before the shop (`node --import`): each row of a commit reaches the index in a script of its own, a moment after the one before, and nothing says so. */
import { setTimeout as wait } from 'node:timers/promises'
import { VersionIndex } from '#lib/coherence/index/versionIndex.ts'

const BETWEEN_MS = 20
const { raise } = VersionIndex.prototype

VersionIndex.prototype.raise = async function (changes) {
  let written = await raise.call(this, changes.slice(0, 1), false)
  for (const change of changes.slice(1)) {
    await wait(BETWEEN_MS)
    written = await raise.call(this, [change], false)
  }
  return written
}
