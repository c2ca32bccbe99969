/** The data cache of a process: the values of `'use cache'` functions. */
import type { VersionIndex } from '../index/versionIndex.ts'
import type { Ports } from '../ports.ts'
import { keys } from '../protocol/keys.ts'
import type { BodyRoom } from './bodyRoom.ts'
import { EntryStore } from './entryStore.ts'

interface DataValue {
  readonly bytes: Buffer
  readonly tags: string[]
  readonly stale: number
  readonly expire: number
  readonly revalidate: number
}

function isDataValue(value: unknown): value is DataValue {
  return (
    typeof value === 'object' &&
    value !== null &&
    'bytes' in value &&
    value.bytes instanceof Uint8Array &&
    'tags' in value
  )
}

export type DataCache = EntryStore<DataValue>

/** The share of the bytes that the process may hold. */
const SHARE = 0.25

export function createDataCache(ports: Ports, index: VersionIndex, room: BodyRoom): DataCache {
  return new EntryStore<DataValue>({
    name: 'data',
    redis: ports.cacheRedis,
    index,
    room,
    clearedKinds: ports.source.payloadKinds,
    redisKey: (key) => keys.data(ports.buildId(), key),
    maxBytes: ports.maxBytes * SHARE,
    sizeOf: (value) => value.bytes.byteLength,
    isValue: isDataValue,
    metrics: ports.metrics,
    log: ports.log,
  })
}
