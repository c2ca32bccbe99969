/** Delivery's requests to web instances: one revalidates through Next; each warms pages and says what it has applied. */
import { z } from 'zod'
import { INTERNAL_SECRET_HEADER } from '#lib/platform/http/internalSecret.ts'
import { correlationHeaders } from '#lib/platform/correlation.ts'
import { FreshnessError } from '#lib/coherence/index.ts'
import { cacheTags, tag, type VersionedTag } from '#lib/coherence/tags.ts'
import { applied, type Applied } from './appliedPosition.ts'

const REVALIDATED_WITHIN_MS = 5_000
/** A request of more could run into its time-out. */
const TAGS_A_REQUEST = { revalidate: 1_000, warm: 4_000 }
/** A live instance answers in a few milliseconds, a busy one in some hundred. */
const SILENT_AFTER_MS = 2_000
/** Milliseconds for which an instance that was silent is not asked again: each job would wait for it. */
const LEFT_ALONE_MS = 5_000

const warmed = z.object({ applied, pages: z.array(z.string()) })

/** Until when silent instances are left alone, by address, on the monotonic clock. */
const silentUntil = new Map<string, number>()

export interface WebInstances {
  readonly webUrls: readonly string[]
  readonly internalSecret: string
}

export interface InstanceAnswer {
  readonly url: string
  readonly applied: Applied
  /** When it had said so. */
  readonly answeredAt: Date
  /** Paths of pages that it keeps and that show one of the changes: some of the most visited. */
  readonly pages: readonly string[]
}

async function post(url: string, internalSecret: string, tags: string[], withinMs: number): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'accept-encoding': 'identity', // a short answer costs an instance more to pack than to send
      [INTERNAL_SECRET_HEADER]: internalSecret,
      ...correlationHeaders(),
    },
    body: JSON.stringify({ tags }),
    signal: AbortSignal.timeout(withinMs),
  })
  if (!response.ok) throw new FreshnessError('NOT_VERIFIED', `${url} answered ${response.status}`, { retryable: true })
  return response.json()
}

/** The instances that are not silent, or all where each one is. */
function heardOf(webUrls: readonly string[]): readonly string[] {
  const heard = webUrls.filter((url) => (silentUntil.get(url) ?? 0) <= performance.now())
  return heard.length > 0 ? heard : webUrls
}

/**
 * Asks one instance to revalidate, and another where it does not: the cache handlers write to Redis, which all of them read. The
 * version goes with the tag, so that a page which was rendered since the change stays.
 * @throws {FreshnessError} NOT_VERIFIED when none did
 */
export async function revalidate({ webUrls, internalSecret }: WebInstances, versions: VersionedTag[]): Promise<void> {
  // As pages carry them, many in each text: Next compares each text with all before it.
  const parts = inParts(versions, TAGS_A_REQUEST.revalidate).map(cacheTags)
  let cause: unknown
  for (const url of heardOf(webUrls)) {
    try {
      for (const part of parts)
        await post(`${url}/api/internal/revalidate`, internalSecret, part, REVALIDATED_WITHIN_MS)
      return
    } catch (error) {
      cause = error
      noteSilence(url, error)
    }
  }
  throw new FreshnessError('NOT_VERIFIED', 'no web instance revalidates', { cause, retryable: true })
}

/**
 * Lets each instance warm what its own shoppers ask for. One that cannot be connected to, or is silent, serves no shopper and
 * is not waited for: what it has cached fails its check when it is back.
 * @returns what each instance that answers has applied
 * @throws {FreshnessError} NOT_VERIFIED when none answers, or one answers with an error
 */
export async function warm(
  { webUrls, internalSecret }: WebInstances,
  versions: VersionedTag[],
): Promise<InstanceAnswer[]> {
  const parts = inParts(
    versions.map(({ kind, id }) => tag(kind, id)),
    TAGS_A_REQUEST.warm,
  )
  const answers = await Promise.all(
    heardOf(webUrls).map(async (url) => {
      try {
        const pages = new Set<string>()
        let last: Applied = { believed: false, head: 0 }
        for (const part of parts) {
          const answer = warmed.parse(await post(`${url}/api/internal/warm`, internalSecret, part, SILENT_AFTER_MS))
          for (const path of answer.pages) pages.add(path)
          last = answer.applied
        }
        return [{ url, applied: last, answeredAt: new Date(), pages: [...pages] }]
      } catch (error) {
        if (error instanceof FreshnessError) throw error
        if (error instanceof z.ZodError)
          throw new FreshnessError('NOT_VERIFIED', `${url} does not say what it has applied`, {
            cause: error,
            retryable: true,
          })
        noteSilence(url, error)
        return []
      }
    }),
  )
  if (answers.flat().length === 0)
    throw new FreshnessError('NOT_VERIFIED', 'no web instance answers', { retryable: true })
  return answers.flat()
}

function inParts<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))
}

function noteSilence(url: string, error: unknown): void {
  if (error instanceof Error && error.name === 'TimeoutError') silentUntil.set(url, performance.now() + LEFT_ALONE_MS)
}
