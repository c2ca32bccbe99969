/** One read of a page, as a shopper's browser makes it, through no cache of our own. */
import { PROBE_HEADER } from '#lib/coherence/index.ts'
import type { Answer } from './judge.ts'
import { readStatement } from '#lib/catalog/pageStatement.ts'

const READ_TIMEOUT_MS = 10_000
const NOTHING = { prices: [], contradictions: [], renderedAt: undefined }
/** What tells where an answer came from; the rest is noise in the evidence. */
const EVIDENCE = [
  'x-cache',
  'cf-cache-status',
  'x-served-by',
  'via',
  'age',
  'date',
  'etag',
  'cache-control',
  'cache-tag',
  'content-type',
]

/** @param ownProductId whose page it is */
export async function fetchPage(url: string, ownProductId: number | undefined): Promise<Answer> {
  try {
    const response = await fetch(url, {
      headers: { accept: 'text/html', [PROBE_HEADER]: '1' },
      redirect: 'manual',
      signal: AbortSignal.timeout(READ_TIMEOUT_MS),
    })
    const html = await response.text()
    const headers = Object.fromEntries(
      EVIDENCE.flatMap((name) => {
        const value = response.headers.get(name)
        return value === null ? [] : [[name, value.slice(0, 1_000)]]
      }),
    )
    return {
      status: response.status,
      error: undefined,
      headers,
      statement: readStatement(html, ownProductId, response.headers.get('cache-tag') ?? ''),
    }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
    return {
      status: undefined,
      error: `${error instanceof Error ? error.message : String(error)}${cause}`,
      headers: {},
      statement: NOTHING,
    }
  }
}
