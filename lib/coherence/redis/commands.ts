/** The Redis scripts of the kernel, as commands of a connection. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Result } from 'ioredis'
import type { RedisClient } from '../ports.ts'

declare module 'ioredis' {
  interface RedisCommander<Context> {
    advanceTags(keyCount: number, ...keysAndArguments: (string | number)[]): Result<number, Context>
    revalidateTags(keyCount: number, ...keysAndArguments: (string | number)[]): Result<'OK', Context>
    releaseLease(key: string, token: string): Result<0 | 1, Context>
    repairTag(key: string, lifetime: number, wrong: number, right: number): Result<0 | 1, Context>
  }
}

// Not `new URL('./…', import.meta.url)`: a bundler takes that for a file of the browser's.
const folder = path.dirname(fileURLToPath(import.meta.url))
const source = (name: string) => readFileSync(path.join(folder, `${name}.lua`), 'utf8')

const TAG_STATE = source('tagState')
/** Named for a test that loses it on its way. */
export const ADVANCE = TAG_STATE + source('advance')
const REVALIDATE = TAG_STATE + source('revalidate')
const REPAIR = TAG_STATE + source('repair')
const RELEASE_LEASE = source('releaseLease')

/** Each script says in its first lines what its keys and arguments are. */
export function defineIndexCommands(redis: RedisClient): void {
  redis.defineCommand('advanceTags', { lua: ADVANCE })
  redis.defineCommand('revalidateTags', { lua: REVALIDATE })
  redis.defineCommand('repairTag', { lua: REPAIR, numberOfKeys: 1 })
}

export function defineLeaseCommand(redis: RedisClient): void {
  redis.defineCommand('releaseLease', { lua: RELEASE_LEASE, numberOfKeys: 1 })
}
