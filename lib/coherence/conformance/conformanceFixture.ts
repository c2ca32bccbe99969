/** The resources of all checks: products to edit, pages that show them, and conditions to wait for. */
import { strict as assert } from 'node:assert'
import { tag, versionedTag } from '../tags.ts'
import { startFleet, type Fleet, type Instance, type Stores, type Subject } from './fleet.ts'

export interface Check {
  readonly id: string
  /** The guarantee of a handler that passes. */
  readonly title: string
  readonly part: 'pages' | 'data'
  /** Breaks a connection: gets processes of its own. */
  readonly fault?: true
  run(fleet: Fleet, product: Product): Promise<void>
}

/** Seconds that convergence may take after a fault has healed: section 2 of the design. */
const CONVERGES_WITHIN_MS = 5_000

/** Returns once `condition` holds. @throws when it does not within `withinMs` */
export async function until(
  what: string,
  condition: () => Promise<boolean>,
  withinMs = CONVERGES_WITHIN_MS,
): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, `not within ${withinMs / 1_000} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Handlers that work by milliseconds are not asked about two events of one millisecond. */
export async function tick(): Promise<void> {
  const start = Date.now()
  await until('the clock moves', async () => Date.now() > start + 1)
}

/** A row that no other check touches, and the page that shows it. */
export class Product {
  readonly id: number
  readonly #fleet: Fleet

  constructor(fleet: Fleet, id: number) {
    this.#fleet = fleet
    this.id = id
  }

  get kind(): string {
    return this.#fleet.rows.kind
  }

  get key(): string {
    return `/en/products/p${this.id}`
  }

  get tag(): string {
    return tag(this.kind, this.id)
  }

  get pathTag(): string {
    return `_N_T_/en/products/p${this.id}`
  }

  /** The version in Postgres, as a render reads it. */
  async version(): Promise<number> {
    const { rows } = await this.#fleet.postgres.query<{ version: string }>(this.#fleet.rows.selectVersion, [this.id])
    return Number(rows[0]?.version)
  }

  /** The tags of values of `'use cache'` functions: the plain tag too, for handlers that know no other. */
  async tags(): Promise<string[]> {
    return [this.tag, versionedTag(this.kind, this.id, await this.version())]
  }

  /** The page as Next hands it to a page cache, made from the row as it is now. */
  async page(): Promise<{ html: string } & Record<string, unknown>> {
    const tags = await this.tags()
    const version = await this.version()
    return {
      kind: 'APP_PAGE',
      html: `<p data-product-id="${this.id}" data-price-version="${version}">${'long enough to be packed '.repeat(200)}</p>`,
      rscData: Buffer.from(`0:["version",${version}]`),
      headers: { 'x-next-cache-tags': [...tags, this.pathTag, '_N_T_/layout'].join(','), 'x-nextjs-stale-time': '30' },
      postponed: undefined,
      status: 200,
      segmentData: new Map([
        ['/_tree', Buffer.from('the tree')],
        ['/products', Buffer.from(`segment of ${version}`)],
      ]),
    }
  }

  /** Commits a new version. Nothing has heard of it yet. */
  async commit(): Promise<void> {
    await this.#fleet.postgres.query(this.#fleet.rows.change, [this.id])
  }

  /** An edit as the usual recipe has it: commit, then `revalidateTag`. Returns when both are done. */
  async edit(at: Instance): Promise<void> {
    await this.commit()
    await tick()
    await at.revalidate([this.tag])
    await tick()
  }
}

/** Fails when a visit finds a page of another version than Postgres has; a miss is always right. */
export async function notOld(at: Instance, product: Product): Promise<void> {
  const { verdict, value } = await at.read(product.key)
  if (verdict !== 'miss')
    assert.ok(
      JSON.stringify(value).includes(`data-price-version=\\"${await product.version()}\\"`),
      'an old page was served',
    )
}

export async function fresh(at: Instance, product: Product): Promise<void> {
  assert.equal((await at.read(product.key)).verdict, 'fresh', 'the page is not served')
  await notOld(at, product)
}

/** At a start and after a broken connection: waits until what the instance stores arrives in Redis. */
export async function connected(fleet: Fleet, at: Instance): Promise<void> {
  if (!fleet.usesRedis) return
  await until(
    'the instance uses Redis',
    async () => {
      const before = await fleet.redis.dbsize()
      const key = `/probe/${crypto.randomUUID()}`
      await at
        .fill(key, { kind: 'APP_ROUTE', body: Buffer.from('probe'), headers: {}, status: 200 }, {}, 'APP_ROUTE')
        .catch(() => undefined)
      const end = await at.dataFill(key)
      await end({ how: 'value', text: 'probe', tags: [] })
      await at.read(key, 'APP_ROUTE')
      const takesRevalidations = await at.revalidate(['probe']).then(
        () => true,
        () => false,
      )
      return takesRevalidations && (await fleet.redis.dbsize()) > before
    },
    20_000,
  )
}

export async function connectedFleet(subject: Subject, stores: Stores): Promise<Fleet> {
  const fleet = await startFleet(subject, stores)
  // One after the other: each must see its own body arrive.
  await connected(fleet, fleet.a)
  await connected(fleet, fleet.b)
  return fleet
}

/** Redis keys of type string that `run` created: bodies, not indexes. */
export async function stored(fleet: Fleet, run: () => Promise<void>): Promise<string[]> {
  const before = new Set(await fleet.redis.keys('*'))
  await run()
  const created = (await fleet.redis.keys('*')).filter((key) => !before.has(key))
  const types = await Promise.all(created.map((key) => fleet.redis.type(key)))
  return created.filter((_key, i) => types[i] === 'string')
}
