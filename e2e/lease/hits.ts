/** Hits that the index has confirmed: without a question to Postgres. */
import type { ShopProcess } from './servers/shopProcess.ts'
import { until } from './servers/until.ts'

/** Look-ups of versions that Postgres has answered, because the index was not believed. */
export function sourceReads(instance: ShopProcess): Promise<number> {
  return instance.metric('evergreen_index_read_seconds_count', { from: 'source' })
}

/** Renders in this process. */
export function renders(instance: ShopProcess): Promise<number> {
  return instance.metric('evergreen_page_builds_total', { outcome: 'render' })
}

async function isBelieved(instance: ShopProcess, path: string): Promise<boolean> {
  const before = await sourceReads(instance)
  const response = await fetch(instance.url + path, { signal: AbortSignal.timeout(5_000) })
  await response.arrayBuffer()
  const hit = response.headers.get('x-cache')?.startsWith('HIT') === true
  return hit && (await sourceReads(instance)) === before
}

/** Waits until `path` is a hit that the index confirms, on each of `instances`. @returns the milliseconds that it took */
export function untilBelieved(instances: readonly ShopProcess[], path: string, withinMs: number): Promise<number> {
  const left = new Set(instances)
  return until(
    `${path} is a hit that the index confirms`,
    async () => {
      for (const instance of left) if (await isBelieved(instance, path)) left.delete(instance)
      return left.size === 0
    },
    withinMs,
  )
}
