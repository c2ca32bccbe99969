/** Texts in place of pages, for tests of the store. */
import type { VersionIndex } from '../index/versionIndex.ts'
import type { RedisClient } from '../ports.ts'
import { dependenciesOf } from '../protocol/freshness.ts'
import { keys } from '../protocol/keys.ts'
import { renderStart } from '../render/renderStart.ts'
import { BodyRoom } from '../store/bodyRoom.ts'
import { EntryStore, type Entry } from '../store/entryStore.ts'

export const MAX_BYTES = 1024 * 1024

/** Another store on the same Redis is another instance. */
export function textStore(redis: RedisClient, index: VersionIndex): EntryStore<string> {
  return new EntryStore({
    name: 'test',
    redis,
    index,
    room: new BodyRoom(redis),
    redisKey: (key) => keys.page('test', key),
    maxBytes: MAX_BYTES,
    sizeOf: (value) => value.length,
    isValue: (value) => typeof value === 'string',
  })
}

/** As a render makes it that reads what the tags name. */
export async function textOf(index: VersionIndex, tags: readonly string[], value: string): Promise<Entry<string>> {
  return { ...(await renderStart(index)), value, ttl: 60, dependencies: dependenciesOf(tags) }
}
