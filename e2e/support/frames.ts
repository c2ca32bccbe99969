/** The price that a browser shows, frame by frame. */
import type { BrowserContext, Page } from '@playwright/test'
import { z } from 'zod'

const recorded = z.object({
  /** The number of frames, with a visible price or without. */
  frames: z.number(),
  /** Each price that was visible in one. `at` is milliseconds since 1970. */
  shown: z.array(z.object({ at: z.number(), version: z.number() })),
  /** Whether the page came out of the back-forward cache. */
  persisted: z.boolean(),
})
type Recorded = z.infer<typeof recorded>

/** Keeps, in each page, the version of each price of a product that is visible in a frame. Begins anew when the page is restored. */
export async function recordFrames(context: BrowserContext, productId: number): Promise<void> {
  await context.addInitScript((id) => {
    const record: Recorded = { frames: 0, shown: [], persisted: false }
    Reflect.set(window, 'recorded', record)
    const sample = () => {
      record.frames++
      for (const element of document.querySelectorAll<HTMLElement>(`[data-product-id="${id}"][data-price-version]`))
        if (element.checkVisibility({ visibilityProperty: true }))
          record.shown.push({ at: Date.now(), version: Number(element.dataset['priceVersion']) })
    }
    const eachFrame = () => {
      sample()
      requestAnimationFrame(eachFrame)
    }
    addEventListener('pageshow', ({ persisted }) => {
      Object.assign(record, { frames: 0, shown: [], persisted })
      sample()
    })
    eachFrame()
  }, productId)
}

/** @returns what the page has recorded so far, and the versions alone */
export async function framesOf(page: Page): Promise<Recorded & { versions: number[] }> {
  const record = recorded.parse(await page.evaluate(() => Reflect.get(window, 'recorded')))
  return { ...record, versions: record.shown.map(({ version }) => version) }
}
