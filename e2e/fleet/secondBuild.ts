/**
 * A second build without the minute that one takes: the files of the first under another BUILD_ID. That is enough for what a rolling
 * deploy is about here: Next puts the id of the file into all it renders, the caches keep entries by it, and so neither build finds,
 * or may show, a page of the other.
 */
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../../tools/run/environment.ts'

const ID = 'the-build-that-comes-next'

export interface SecondBuild {
  readonly id: string
  /** As NEXT_DIST_DIR names it. */
  readonly distDir: string
  remove(): void
}

/** @param distDir of the build that is there */
export function secondBuild(distDir: string): SecondBuild {
  const [from, next] = [path.join(root, distDir), `${distDir}-next`]
  const to = path.join(root, next)
  rmSync(to, { recursive: true, force: true })
  cpSync(from, to, { recursive: true, filter: (file) => path.relative(from, file).split(path.sep)[0] !== 'cache' })
  const before = readFileSync(path.join(to, 'BUILD_ID'), 'utf8').trim()
  writeFileSync(path.join(to, 'BUILD_ID'), ID)
  if (readdirSync(path.join(to, 'static')).includes(before))
    renameSync(path.join(to, 'static', before), path.join(to, 'static', ID))
  return { id: ID, distDir: next, remove: () => rmSync(to, { recursive: true, force: true }) }
}
