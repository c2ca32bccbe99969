/** Incident 19: a cached order page mixed a new amount with an old version. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type KernelInstance, kernelInstance, kernelStores, type KernelStores } from './story/kernel.ts'
import { recordStory, Timeline } from './story/story.ts'

const EDITS = 200
const READERS = 4
const PRODUCT = 1

interface Shown {
  readonly amount: number
  readonly version: number
}

let stores: KernelStores
let instance: KernelInstance
/** Each edit adds one to both, so that an answer can be judged before its edit is answered. */
let amountOverVersion: number

beforeAll(async () => {
  stores = await kernelStores(4)
  instance = await kernelInstance(stores)
  await stores.pool.query('UPDATE prices SET amount_cents = 10000, compare_at_cents = NULL WHERE product_id = $1', [
    PRODUCT,
  ])
  const { amount, version } = await commit()
  amountOverVersion = amount - version
})
afterAll(async () => {
  await instance.stop()
  await stores.close()
})

async function commit(): Promise<Shown> {
  const { rows } = await stores.pool.query<{ amount: number; version: string }>(
    'UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1 RETURNING amount_cents AS amount, version',
    [PRODUCT],
  )
  return { amount: Number(rows[0]?.amount), version: Number(rows[0]?.version) }
}

interface Variant {
  /** Returns when it is acknowledged. */
  edit(): Promise<unknown>
  read(): Promise<Shown>
}

/** Milliseconds; the fragment of the incident was kept for minutes. */
const FRAGMENT_MS = 50
const FRAGMENT = `naive:version:${PRODUCT}`

/** The page shows the amount of the row beside a fragment with the version, which is cached for itself. */
function naive(): Variant {
  const { direct: redis } = stores.redis
  const row = async (): Promise<Shown> => {
    const { rows } = await stores.pool.query<{ amount: number; version: string }>(
      'SELECT amount_cents AS amount, version FROM prices WHERE product_id = $1',
      [PRODUCT],
    )
    return { amount: Number(rows[0]?.amount), version: Number(rows[0]?.version) }
  }
  return {
    edit: commit,
    async read() {
      const { amount, version } = await row()
      const fragment = await redis.get(FRAGMENT)
      if (fragment === null) await redis.set(FRAGMENT, version, 'PX', FRAGMENT_MS)
      return { amount, version: Number(fragment ?? version) }
    },
  }
}

/** The index keeps the amount as the payload of its version. */
const payload = z.object({ amountMinor: z.number() })
const ours: Variant = {
  async edit() {
    const { version } = await commit()
    await instance.coherence.publisher.publish([{ kind: 'price', id: PRODUCT, version }])
  },
  async read() {
    const { states } = await instance.coherence.index.read([`price:${PRODUCT}`])
    const state = states.get(`price:${PRODUCT}`)
    return { version: state?.version ?? 0, amount: payload.parse(JSON.parse(state?.payload ?? '{}')).amountMinor }
  },
}

/** Readers read beside the edits. @returns answers whose amount is not that of their version */
async function race({ edit, read }: Variant, timeline: Timeline): Promise<number> {
  await edit()
  const edits = new AbortController()
  const readers = Array.from({ length: READERS }, async () => {
    while (!edits.signal.aborted) {
      const { amount, version } = await read()
      timeline.read(amount - version === amountOverVersion ? 'current' : 'stale')
    }
  })
  for (let i = 0; i < EDITS; i++) await edit()
  edits.abort()
  await Promise.all(readers)
  timeline.mark(`${EDITS} edits are done`)
  return timeline.count('stale')
}

test('shows the amount and the version of one moment, however the edits and the reads fall', async ({ task }) => {
  const [naiveRun, ourRun] = [new Timeline(), new Timeline()]
  const mixed = await race(naive(), naiveRun)
  expect(mixed, 'the fragment is of another moment').toBeGreaterThan(0)
  expect(await race(ours, ourRun)).toBe(0)
  expect(ourRun.count('current')).toBeGreaterThan(EDITS / 10)
  recordStory({
    number: 19,
    lesson: task.name,
    naive: naiveRun,
    ours: ourRun,
    figures: [
      `answers that mixed amount and version: ${mixed} of ${naiveRun.reads.length}, and 0 of ${ourRun.reads.length}`,
    ],
  })
})
