import { setTimeout as delay } from 'node:timers/promises'
import { createCoherence, sqlVersionSource, type Coherence } from '../../../lib/coherence/index.ts'
import { cacheTags } from '../../../lib/coherence/tags.ts'
import { dependenciesOf } from '../../../lib/coherence/protocol/freshness.ts'
import { renderStart } from '../../../lib/coherence/render/renderStart.ts'
import { keyOf, type Process, type Strategy } from '../strategy.ts'

/** As `workers/relay.ts` looks while changes come. */
const LOOK_MS = 25
const [TTL_S, MAX_BYTES, BELIEVED_WITHIN_MS] = [3_600, 64 * 1024 * 1024, 20_000]

async function kernel({ redis, query, onClose }: Process): Promise<Coherence> {
  const coherence = createCoherence({
    indexRedis: redis,
    cacheRedis: redis,
    source: sqlVersionSource({ price: { table: 'prices', idColumn: 'id', versionColumn: 'version' } }, query),
    buildId: () => 'bench',
    maxBytes: MAX_BYTES,
  })
  onClose(() => coherence.keeper.stop())
  const until = performance.now() + BELIEVED_WITHIN_MS
  for (await coherence.index.connect(); !coherence.index.trusted; await delay(10)) {
    if (performance.now() > until) throw new Error('the version index is not believed')
    await coherence.index.connect()
  }
  return coherence
}

/** `lib/coherence` as it is: entries are judged by the version index before they are served; the outbox makes up for what is lost. */
export const evergreen: Strategy = {
  name: 'Evergreen',
  source: 'docs/architecture/freshness.md',
  versioned: true,
  async reader(process) {
    const { data, index, publisher } = await kernel(process)
    return {
      async read(id) {
        const found = await data.get(keyOf(id))
        if (found) {
          if (found.ahead) await publisher.raiseToAtLeast(found.entry.dependencies, found.snapshot, found.entry)
          return Number(found.entry.value.bytes)
        }
        const start = await renderStart(index)
        const { amount } = await process.render(id)
        const tags = cacheTags([{ kind: 'price', id, version: amount }])
        const dependencies = dependenciesOf(tags)
        await publisher.publishRendered(dependencies, start)
        const value = { bytes: Buffer.from(String(amount)), tags, stale: 0, expire: TTL_S, revalidate: TTL_S }
        await data.put(keyOf(id), { ...start, value, dependencies, ttl: TTL_S })
        return amount
      },
    }
  },
  async writer(process) {
    const { publisher, keeper } = await kernel(process)
    process.repeat(LOOK_MS, async () => void (await keeper.follow()))
    return {
      async write(ids) {
        const rows = await process.commit(ids)
        const versions = rows.map(({ id, amount }) => ({ kind: 'price', id, version: amount }))
        // The outbox delivers the changes that are not confirmed here.
        await process.send(() => publisher.publish(versions)).catch(() => false)
      },
    }
  },
}
