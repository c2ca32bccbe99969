/** Incident 18: the cache of the router and the back button showed the old price for minutes. */
import type { Browser, Page } from '@playwright/test'
import { framesOf, recordFrames } from '../support/frames.ts'
import { expect, test } from '../support/test.ts'
import { naiveStore } from './story/naiveStore.ts'
import { type Run, recordStory } from './story/story.ts'

const OFFSET = 24
/** The number of frames of each view. */
const FRAMES = 20

interface Store {
  readonly productId: number
  /** The address of a list that shows the price live, and links to the product. */
  readonly listUrl: string
  /** The path of the product. */
  readonly path: string
  /** @returns the version of the price from now on */
  edit(): Promise<number>
}

/** A tab, and all that it showed of the price. */
class Recording implements Run {
  readonly marks: { at: number; what: string }[] = []
  readonly reads: { at: number; outcome: 'current' | 'stale' }[] = []
  readonly #page: Page
  #start: number | undefined
  #newest = 0
  #taken = 0

  constructor(page: Page) {
    this.#page = page
  }

  mark(what: string): void {
    this.#start ??= Date.now()
    this.marks.push({ at: Date.now() - this.#start, what })
  }

  /** Waits for frames with a price. To be called before the tab leaves a document. @returns how many of them were older than one before */
  async look({ newDocument = false } = {}): Promise<number> {
    if (newDocument) this.#taken = 0
    const enough = this.#taken + FRAMES
    await expect.poll(async () => (await framesOf(this.#page)).shown.length).toBeGreaterThanOrEqual(enough)
    const { shown } = await framesOf(this.#page)
    const start = (this.#start ??= shown[0]?.at ?? 0)
    let old = 0
    for (const { at, version } of shown.slice(this.#taken)) {
      this.#newest = Math.max(this.#newest, version)
      if (version < this.#newest) old++
      this.reads.push({ at: Math.max(0, at - start), outcome: version < this.#newest ? 'stale' : 'current' })
    }
    this.#taken = shown.length
    return old
  }
}

/**
 * A list, whose product is loaded ahead; an edit, which the list shows; then the product, back, and back from another site.
 * @returns frames with an older price than one before, by what was done
 */
async function browse(browser: Browser, { productId, listUrl, path, edit }: Store) {
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    await recordFrames(context, productId)
    const recording = new Recording(page)
    const price = page.locator(`[data-product-id="${productId}"][data-price-version]`).first()
    await page.goto(listUrl)
    await recording.look()
    const link = page.getByRole('article').filter({ has: price }).getByRole('link')
    const ahead = page.waitForResponse((response) => response.url().includes(`${path}?_rsc=`) && response.ok())
    await link.hover()
    await (await ahead).finished()
    recording.mark('the product is loaded ahead')
    const version = await edit()
    recording.mark('edit')
    await expect(price).toHaveAttribute('data-price-version', String(version))
    await recording.look()
    recording.mark('the link is followed')
    await link.click()
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    const followed = await recording.look()
    recording.mark('back')
    await page.evaluate(() => history.back())
    await expect(link).toBeVisible()
    const back = await recording.look()
    await page.goto('about:blank')
    recording.mark('back from another site')
    await page.goBack()
    const fromElsewhere = await recording.look({ newDocument: true })
    await expect(price).toHaveAttribute('data-price-version', String(version))
    return { recording, old: { followed, back, fromElsewhere } }
  } finally {
    await context.close()
  }
}

test('shows nothing older than it has shown, whether a link is followed or a reader goes back', async ({
  browser,
  baseURL,
  database,
}, { title }) => {
  const { productId, slug, name } = await database.plainProduct(OFFSET)
  const naive = await naiveStore(productId)
  const theirs = await browse(browser, { ...naive, productId, edit: async () => naive.edit() }).finally(naive.close)
  expect(theirs.old.followed, 'frames of the page that was loaded ahead').toBeGreaterThan(0)
  expect(theirs.old.back + theirs.old.fromElsewhere, 'frames until the list hears of the price').toBeGreaterThan(0)

  const ours = await browse(browser, {
    productId,
    listUrl: `${baseURL ?? ''}/en/search?q=${encodeURIComponent(name)}`,
    path: `/products/${slug}`,
    async edit() {
      await database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [productId])
      return (await database.price(productId)).version
    },
  })
  expect(ours.old).toEqual({ followed: 0, back: 0, fromElsewhere: 0 })
  const count = ({ old }: typeof ours) => old.followed + old.back + old.fromElsewhere
  recordStory({
    number: 18,
    lesson: title,
    naive: theirs.recording,
    ours: ours.recording,
    figures: [
      `frames with an older price than one before: ${count(theirs)} of ${theirs.recording.reads.length}, and 0 of ${ours.recording.reads.length}`,
    ],
  })
})
