/**
 * Next's `cacheHandler`: pages, route handlers, redirects, not-found pages, fallback shells, images.
 * Next makes one instance a request and calls it for every request that reaches it.
 */
import type { Coherence } from '../coherence.ts'
import type { VersionIndex } from '../index/versionIndex.ts'
import {
  dependenciesOf,
  withSlots,
  type Dependencies,
  type Provenance,
  type RenderStart,
} from '../protocol/freshness.ts'
import { ttlOf, type CacheControl, type PageValue } from '../store/pageCache.ts'
import { renderStart } from '../render/renderStart.ts'
import { owned } from '../store/codec.ts'
import { confirmedEntry } from '../store/confirmedEntry.ts'
import type { Found } from '../store/entryStore.ts'
import { packTemplate } from '../store/packedTemplate.ts'
import { cutPage, fixedPage, type PageTemplate, type Representation } from '../template/cutPage.ts'
import { TemplateRefused } from '../template/refused.ts'

type Headers = Record<string, string | string[] | number | undefined>

/** The values that Next hands over and wants back, in the parts that matter here. */
type NextValue =
  | {
      kind: 'APP_PAGE'
      html: string
      rscData?: Buffer
      headers?: Headers
      postponed?: string
      status?: number
      segmentData?: Map<string, Buffer>
    }
  | { kind: 'APP_ROUTE'; body: Buffer; headers: Headers; status: number }
  | { kind: 'FETCH'; tags?: string[] }
  | { kind: 'PAGES' | 'REDIRECT' | 'IMAGE'; headers?: Headers }

interface GetContext {
  kind: string
  tags?: string[]
  softTags?: string[]
}

interface SetContext {
  cacheControl?: CacheControl
  tags?: string[]
}

interface NextEntry {
  lastModified: number
  value: NextValue | null
  cacheControl?: CacheControl
}

const NEXT_TAGS = 'x-next-cache-tags'

function tagsOf(value: NextValue | null, context: SetContext): string[] {
  const headers = value && 'headers' in value ? value.headers : undefined
  const header = headers?.[NEXT_TAGS]
  const own = value?.kind === 'FETCH' ? (value.tags ?? []) : []
  return [...(typeof header === 'string' ? header.split(',') : []), ...own, ...(context.tags ?? [])]
}

/** Anything but a page. */
function toStored(value: Exclude<NextValue, { kind: 'APP_PAGE' }> | null): PageValue['content'] {
  if (value?.kind === 'APP_ROUTE')
    return { kind: 'APP_ROUTE', body: owned(value.body), headers: value.headers, status: value.status }
  return { kind: 'OTHER', value }
}

function isNextValue(value: unknown): value is NextValue {
  return typeof value === 'object' && value !== null && 'kind' in value
}

class PageCacheHandler {
  readonly #coherence: Coherence | undefined
  /** Renders that this request has started, by key: from the `get` that missed to the `set`. */
  readonly #started = new Map<string, RenderStart>()

  constructor(coherence: Coherence | undefined) {
    this.#coherence = coherence
  }

  async get(key: string, context: GetContext): Promise<NextEntry | null> {
    if (!this.#coherence) return null
    const { index, ownRenders } = this.#coherence
    // When neither store can say what is fresh Next renders, and the render says why it cannot.
    const found = ownRenders.isRenderedAgain(key)
      ? undefined
      : await confirmedEntry(this.#coherence, key).catch(() => undefined)
    if (found && !(await softTagsExpired(index, found.entry, context))) {
      const { cacheControl } = found.entry.value
      const value = this.#toNext(this.#coherence, key, found)
      if (value === undefined) return null
      // Lifetimes are Redis' and L1's business, by their own clocks. For Next an entry is of this moment, or,
      // when a gentle revalidation wants it replaced, just past its revalidate time.
      const revalidate = typeof cacheControl?.revalidate === 'number' ? cacheControl.revalidate : undefined
      const replaceable = found.verdict === 'replaceable'
      if (replaceable) this.#started.set(key, await renderStart(index))
      return {
        lastModified: replaceable ? Date.now() - (revalidate ?? 0) * 1000 - 1 : Date.now(),
        value,
        ...(cacheControl && { cacheControl: { ...cacheControl, expire: undefined } }),
      }
    }
    if (context.kind !== 'IMAGE') this.#started.set(key, await renderStart(index))
    return null
  }

  async set(key: string, value: NextValue | null, context: SetContext): Promise<void> {
    if (!this.#coherence) return
    const { index, ownRenders, pages, publisher } = this.#coherence
    const mayKeep = value?.kind !== 'APP_PAGE' || ownRenders.mayKeep
    // Next makes one handler for all images, so what is noted for a request would stay for ever; and an image has no
    // tags that anything could happen to between reading and storing it.
    const start = value?.kind === 'IMAGE' ? await renderStart(index) : this.#started.get(key)
    if (!start) return // it is not known when this was read, so nothing could ever be said of it
    // An absent page has no row whose version could outdate it, and an error is no page.
    if (value && 'status' in value && value.status !== undefined && value.status >= 400) return
    const read = dependenciesOf(tagsOf(value, context))
    // Before it is kept, and before Next answers the request that made it render, such as a prefetch: it does when this returns.
    // The answer to a stranger's own kind of request belongs to that request alone, and others are shown no less after it.
    if (!mayKeep) {
      await publisher.publishRendered(read, start)
      if (value.postponed !== undefined) ownRenders.renderShell(key)
      return
    }
    const stored = await this.#toStored(this.#coherence, key, value, read)
    if (!stored) return
    const { content, dependencies } = stored
    await publisher.publishRendered(dependencies, start)
    await pages.put(key, {
      ...start,
      value: { content, cacheControl: context.cacheControl },
      dependencies,
      ttl: ttlOf(context.cacheControl),
    })
  }

  /** @returns undefined when no template can be made of the page: it is rendered again with values */
  async #toStored(
    { ownRenders, placeholders, ports }: Coherence,
    key: string,
    value: NextValue | null,
    dependencies: Dependencies,
  ): Promise<{ content: PageValue['content']; dependencies: Dependencies } | undefined> {
    if (value?.kind !== 'APP_PAGE') return { content: toStored(value), dependencies }
    const { headers, postponed, status } = value
    const content = async (template: PageTemplate) =>
      ({ kind: 'APP_PAGE', packed: await packTemplate(template), headers, postponed, status }) as const
    if (!placeholders || !ports.slots || postponed !== undefined || !ownRenders.makesTemplate)
      return { content: await content(fixedPage(value)), dependencies }
    try {
      const { template, slots } = cutPage(value, placeholders, ports.slots.leaves)
      return { content: await content(template), dependencies: withSlots(dependencies, slots) }
    } catch (error) {
      if (!(error instanceof TemplateRefused)) throw error
      ownRenders.refuseTemplate(key, error.message)
      return undefined
    }
  }

  /** @returns undefined when a payload is missing that the page shows */
  #toNext(
    { filled: filledPages }: Coherence,
    key: string,
    { entry, snapshot, verdict }: Found<PageValue>,
  ): NextValue | null | undefined {
    const { content } = entry.value
    switch (content.kind) {
      case 'APP_PAGE': {
        const filled = filledPages.pageFor(key, entry, content, verdict === 'unconfirmed' ? undefined : snapshot)
        if (!filled) return undefined
        const { kind, headers, packed, postponed, status } = content
        const bytes = (name: Representation) => filledPages.plain(filled, name) ?? Buffer.alloc(0)
        const segments = new Map<string, Buffer>()
        for (const name of packed.keys()) if (name.startsWith('/')) segments.set(name, bytes(name))
        return {
          kind,
          html: bytes('html').toString(),
          ...(packed.has('rsc') && { rscData: bytes('rsc') }),
          headers: { ...headers },
          ...(postponed !== undefined && { postponed }),
          ...(status !== undefined && { status }),
          segmentData: segments,
        }
      }
      case 'APP_ROUTE':
        return { ...content, headers: { ...content.headers } }
      case 'OTHER':
        return isNextValue(content.value) ? content.value : null
    }
  }

  async revalidateTag(tags: string | string[], durations?: { expire?: number }): Promise<void> {
    // Without durations, or with `expire: 0`, entries are gone at once; a profile lets them be served once more.
    await this.#coherence?.publisher.revalidate([tags].flat(), durations ? (durations.expire ?? Infinity) : 0)
  }

  resetRequestCache(): void {
    this.#started.clear()
  }
}

/** A fetch entry is read with tags of the page that reads it, which it was not stored with. */
async function softTagsExpired(index: VersionIndex, provenance: Provenance, context: GetContext): Promise<boolean> {
  const soft = [...(context.tags ?? []), ...(context.softTags ?? [])]
  if (soft.length === 0) return false
  const snapshot = await index.read(soft)
  return soft.some((name) => provenance.startedAt <= (snapshot.states.get(name)?.expiredAt ?? 0))
}

/**
 * The default export of the module that `cacheHandler` of next.config.js names.
 * @param coherence the process' own; undefined while Next builds, when nothing is read or kept
 */
export function pageCacheHandler(coherence: () => Coherence | undefined): new () => PageCacheHandler {
  return class extends PageCacheHandler {
    constructor() {
      super(coherence())
    }
  }
}
