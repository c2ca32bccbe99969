/** Our Worker, through its control endpoint: on workerd here, or deployed where no vendor's API is to be used. */
import { z } from 'zod'
import type { EdgePort } from '#lib/cdn/edgePort.ts'
import type { VersionedTag } from '#lib/coherence/tags.ts'
import { call, inParts, understood } from '../call.ts'
import { latestOf } from '../latestOf.ts'
import { CONTROL, MOST_TAGS, TAGS_A_CALL, type PublishCall, type PurgeCall } from '../control.ts'
import { EdgeError } from '../errors.ts'
import { sign, SIGNATURE_HEADER } from '../signature.ts'

const TIMEOUT_MS = 10_000
/** Milliseconds after which the fleet's index has what was published, or its script has timed out. */
const HOLD_MS = 1_000
const answer = z.object({ epoch: z.string().min(1), versions: z.array(z.tuple([z.string(), z.number()])) })

export interface LocalEdgeOptions {
  /** Milliseconds that a control call may take. */
  readonly timeoutMs?: number
  /** The address in the browser. */
  readonly url: string
  /** The address of control calls; by default the same. */
  readonly controlUrl?: string
  readonly secret: string
}

export class LocalEdge implements EdgePort {
  readonly name = 'local'
  readonly immediate = true
  readonly url: string
  readonly #options: LocalEdgeOptions
  #epoch: string | undefined
  /** The versions that this process has published in the present epoch. */
  readonly #published = new Map<string, number>()
  /** Tags that no page is kept without: the edge has the version, or kept nothing until the fleet's index had it. */
  readonly #settled = new Map<string, number>()
  /** The time, by `performance.now()`, until which nothing is kept after a mark for all pages. */
  readonly #heldUntil = new WeakMap<readonly VersionedTag[], number>()

  constructor(options: LocalEdgeOptions) {
    this.#options = options
    this.url = options.url
  }

  async publish(versions: Parameters<EdgePort['publish']>[0], confirmedAgeMs?: number): Promise<void> {
    const began = performance.now()
    const all = latestOf(versions)
    const known = confirmedAgeMs === undefined ? this.#settled : this.#published
    const pairs = [...all].filter(([name, version]) => (known.get(name) ?? 0) < version)
    const before = this.#epoch
    if (pairs.length > (confirmedAgeMs === undefined ? TAGS_A_CALL : MOST_TAGS)) {
      // All pages are dropped, and none is kept until the fleet's index has these versions, too.
      this.#heldUntil.set(versions, began + HOLD_MS)
      await this.#control(CONTROL.purge, { tags: '*', holdMs: HOLD_MS }, [])
      for (const [name, version] of pairs) this.#published.set(name, version)
    } else for (const part of inParts(pairs, TAGS_A_CALL)) await this.#publishPart(part)
    if (confirmedAgeMs === undefined) return
    // An index that was lost has another epoch: versions published to it before count for nothing.
    if (before !== undefined && before !== this.#epoch)
      return this.publish(versions, confirmedAgeMs + performance.now() - began)
    const confirmed = this.#epoch
    await this.#publishPart([], confirmedAgeMs + performance.now() - began)
    if (confirmed !== undefined && confirmed !== this.#epoch)
      await this.publish(versions, confirmedAgeMs + performance.now() - began)
  }

  /** Only where `publish` has left the versions to the shop, and the index has taken longer than the hold. */
  async settle(versions: readonly VersionedTag[]): Promise<void> {
    const open = [...latestOf(versions)].filter(([name, version]) => (this.#settled.get(name) ?? 0) < version)
    if (open.length === 0) return
    const until = this.#heldUntil.get(versions) ?? 0
    if (performance.now() > until) await this.#control(CONTROL.purge, { tags: '*' }, [])
    for (const [name, version] of open) this.#settled.set(name, version)
  }

  async purge(tags: readonly string[]): Promise<void> {
    if (tags.length > MOST_TAGS) await this.#control(CONTROL.purge, { tags: '*' }, [])
    else
      for (const part of inParts(tags, TAGS_A_CALL))
        await this.#control(CONTROL.purge, { tags: part } satisfies PurgeCall, part)
  }

  async #publishPart(pairs: [string, number][], ageMs?: number): Promise<void> {
    const body: PublishCall = { versions: pairs, ...(ageMs !== undefined && { confirm: { ageMs } }) }
    const versions = await this.#control(
      CONTROL.publish,
      body,
      pairs.map(([name]) => name),
    )
    const low = pairs.filter(([name, version]) => (versions.get(name) ?? 0) < version)
    if (low.length > 0)
      throw new EdgeError(
        'EDGE_PARTIAL',
        this.name,
        `the index still has less for ${low.map(([name]) => name).join(', ')}`,
        { left: low.map(([name]) => name) },
      )
    for (const [name, version] of pairs) {
      this.#published.set(name, version)
      this.#settled.set(name, version)
    }
  }

  /** @returns the versions that the index holds now, for each of `tags` */
  async #control(
    path: string,
    payload: PublishCall | PurgeCall,
    tags: readonly string[],
  ): Promise<Map<string, number>> {
    const body = JSON.stringify(payload)
    const signature = await sign({ method: 'POST', path, body }, this.#options.secret)
    const text = await call({
      edge: this.name,
      url: (this.#options.controlUrl ?? this.#options.url) + path,
      method: 'POST',
      headers: { 'content-type': 'application/json', [SIGNATURE_HEADER]: signature },
      body,
      timeoutMs: this.#options.timeoutMs ?? TIMEOUT_MS,
    })
    const { epoch, versions } = understood(this.name, text, (value) => answer.parse(value))
    const found = new Map(versions)
    if (tags.some((name) => !found.has(name)))
      throw new EdgeError('EDGE_NOT_UNDERSTOOD', this.name, `200 ${text.slice(0, 400)}`)
    if (epoch !== this.#epoch) for (const known of [this.#published, this.#settled]) known.clear()
    this.#epoch = epoch
    return found
  }
}
