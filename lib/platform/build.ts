import { readFileSync } from 'node:fs'
import path from 'node:path'
import { env } from './env.ts'
import { processSingleton } from './process/processSingleton.ts'

/** Absolute path of the folder that `next build` wrote. */
export function buildFolder(): string {
  return path.resolve(env().NEXT_DIST_DIR)
}

/** The identity of the build that this process serves, and of what it shows by. Cached markup belongs to one. */
export function buildId(): string {
  return processSingleton('buildId', () => {
    const id = readFileSync(path.join(buildFolder(), 'BUILD_ID'), 'utf8').trim()
    const rule = env().PRICE_REDUCTION_RULE
    return rule === 'eu' ? id : `${id}+${rule}`
  })
}
