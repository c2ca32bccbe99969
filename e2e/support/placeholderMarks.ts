/**
 * Placeholders as they look from outside. They stand in a page while its template is made, and none may leave a server.
 * Spelled here and not taken from the server, which must not share a mistake with its tests.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { BrowserContext, Response } from '@playwright/test'

/** The head of a text; a number of a product below 100,000, also one that was written as an amount. */
const MARK = /~s[0-9a-f]{16}\.|(?<!\d)8\d{3}0{5}\d{5}\.?[1-9]\d(?!\d)/
/** What holds texts of pages. A stream of events does not end. */
const LOOKED_AT = /^(?:text\/(?!event-stream)|application\/(?:json|ld\+json|xml|javascript))/
/** Milliseconds for the bodies that are still under way when a test ends. */
const LAST_BODIES_MS = 5_000

/** @returns the first placeholder in `text`, with what stands around it; undefined when there is none */
export function placeholderIn(text: string): string | undefined {
  const found = MARK.exec(text)
  return found ? text.slice(Math.max(0, found.index - 60), found.index + 90) : undefined
}

/** @throws when a text that came from `address` holds a placeholder */
export function refusePlaceholder(text: string, address: string): void {
  const found = placeholderIn(text)
  if (found !== undefined) throw new Error(`a placeholder left the server in the answer of ${address}: ${found}`)
}

/**
 * Looks at each answer that the pages of a browser get.
 * @returns waits for the last ones; rejects when one held a placeholder
 */
export function watchForPlaceholders(context: BrowserContext): () => Promise<void> {
  const looks: Promise<string | undefined>[] = []
  const look = async (response: Response): Promise<string | undefined> => {
    if (!LOOKED_AT.test(response.headers()['content-type'] ?? '')) return undefined
    // The body of an answer that was left, or led elsewhere, is not to be had.
    const found = placeholderIn(await response.text().catch(() => ''))
    return found === undefined ? undefined : `${response.url()}: ${found}`
  }
  const onResponse = (response: Response) => void looks.push(look(response))
  context.on('response', onResponse)
  return async () => {
    context.off('response', onResponse)
    const left = wait(LAST_BODIES_MS, undefined, { ref: false })
    const found = await Promise.all(looks.map((one) => Promise.race([one, left])))
    const leak = found.find((one) => one !== undefined)
    if (leak !== undefined) throw new Error(`a placeholder left the server in the answer of ${leak}`)
  }
}
