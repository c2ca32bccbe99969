/** The Redis scripts of the kernel, as commands of a connection. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Result } from 'ioredis'
import type { RedisClient } from '../ports.ts'

type Lease = [name: string, nonce: number]

declare module 'ioredis' {
  interface RedisCommander<Context> {
    pollIndex(
      keyCount: number,
      ...keysAndArguments: (string | number)[]
    ): Result<
      [here: 0 | 1, time: [seconds: string, microseconds: string], values: (string | null)[], log: string[]],
      Context
    >
    advanceTags(keyCount: number, ...keysAndArguments: (string | number)[]): Result<[...Lease, raised: number], Context>
    stageTags(keyCount: number, ...keysAndArguments: (string | number)[]): Result<number, Context>
    showStagedTags(...keysAndArguments: (string | number)[]): Result<[...Lease, shown: number], Context>
    foldShownTags(...keysAndArguments: (string | number)[]): Result<string, Context>
    markIndexBehind(key: string): Result<Lease, Context>
    revalidateTags(keyCount: number, ...keysAndArguments: (string | number)[]): Result<Lease, Context>
    raiseEpoch(...keysAndArguments: string[]): Result<Lease, Context>
    inspectIndex(
      ...keys: string[]
    ): Result<[server: string, lease: string, position: string, epoch: string, head: number, shown: string[]], Context>
    refreshIndexLease(...keysAndArguments: (string | number)[]): Result<0 | 1, Context>
    createIndexLease(...keysAndArguments: (string | number)[]): Result<0 | 1, Context>
    releaseLease(key: string, token: string): Result<0 | 1, Context>
  }
}

// Not `new URL('./…', import.meta.url)`: a bundler takes that for a file of the browser's.
const folder = path.dirname(fileURLToPath(import.meta.url))
const source = (...names: string[]) =>
  names.map((name) => readFileSync(path.join(folder, `${name}.lua`), 'utf8')).join('\n')

/** Named for a test that loses it on its way. */
export const ADVANCE = source('lease', 'log', 'tagState', 'shown', 'advance')
const STAGE = source('tagState', 'stage')
const SHOW_STAGED = source('lease', 'log', 'tagState', 'shown', 'showStaged')
const FOLD_SHOWN = source('lease', 'tagState', 'shown', 'foldShown')
const POLL = source('tagState', 'shown', 'poll')
const MARK_BEHIND = source('lease', 'markBehind')
const REVALIDATE = source('lease', 'log', 'tagState', 'revalidate')
const RAISE_EPOCH = source('lease', 'epoch', 'raiseEpoch')
const INSPECT = source('lease', 'tagState', 'shown', 'inspect')
const REFRESH_LEASE = source('lease', 'tagState', 'shown', 'refreshLease')
const CREATE_LEASE = source('lease', 'epoch', 'createLease')
const RELEASE_LEASE = source('releaseLease')

/** Each script says in its first lines what its keys and arguments are. */
export function defineIndexCommands(redis: RedisClient): void {
  redis.defineCommand('pollIndex', { lua: POLL })
  redis.defineCommand('advanceTags', { lua: ADVANCE })
  redis.defineCommand('stageTags', { lua: STAGE })
  redis.defineCommand('showStagedTags', { lua: SHOW_STAGED, numberOfKeys: 6 })
  redis.defineCommand('foldShownTags', { lua: FOLD_SHOWN, numberOfKeys: 2 })
  redis.defineCommand('markIndexBehind', { lua: MARK_BEHIND, numberOfKeys: 1 })
  redis.defineCommand('revalidateTags', { lua: REVALIDATE })
  redis.defineCommand('raiseEpoch', { lua: RAISE_EPOCH, numberOfKeys: 2 })
  redis.defineCommand('inspectIndex', { lua: INSPECT, numberOfKeys: 5 })
  redis.defineCommand('refreshIndexLease', { lua: REFRESH_LEASE, numberOfKeys: 2 })
  redis.defineCommand('createIndexLease', { lua: CREATE_LEASE, numberOfKeys: 4 })
  defineLeaseCommand(redis)
}

export function defineLeaseCommand(redis: RedisClient): void {
  redis.defineCommand('releaseLease', { lua: RELEASE_LEASE, numberOfKeys: 1 })
}
