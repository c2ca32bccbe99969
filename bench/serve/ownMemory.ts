/** The memory that our server and Redis report. */
import type { Redis } from 'ioredis'
import { metricsOf } from '../lib/metrics.ts'

/** In bytes. */
interface OwnMemory {
  readonly l1: number
  readonly heapUsed: number
  /** The bytes of buffers and other memory outside of the heap. */
  readonly external: number
}

/** @returns undefined of a server that is not ours */
export async function ownMemory(url: string): Promise<OwnMemory | undefined> {
  const text = await metricsOf(url).catch(() => '')
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{\\S*\\})? (\\S+)$`, 'gm'))].reduce(
      (all, [, value]) => all + Number(value),
      0,
    )
  return text.includes('\nevergreen_l1_bytes')
    ? {
        l1: sum('evergreen_l1_bytes'),
        heapUsed: sum('nodejs_heap_size_used_bytes'),
        external: sum('nodejs_external_memory_bytes'),
      }
    : undefined
}

export async function usedByRedis(redis: Redis): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1])
}
