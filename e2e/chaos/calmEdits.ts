/** Before the first fault: whether edits of prices render a page. */
import { LOCALES } from '#lib/platform/locales.ts'
import type { Beside } from '../coherence/run.ts'
import { query } from '../lease/servers/postgresPair.ts'
import type { ShopProcess } from '../lease/servers/shopProcess.ts'
import { until } from '../lease/servers/until.ts'
import type { Fleet } from './fleet.ts'

const EDITS = 30
/** Of one page each, counted by the instance that renders it. */
const RENDERS = 'evergreen_page_render_seconds_count'

export interface CalmEdits {
  /** Edits through the API that were live. */
  readonly edits: number
  /** Renders by all web instances from the first of them until each page had been read after the last. */
  readonly renders: number
}

const renders = async (web: readonly ShopProcess[]): Promise<number> =>
  (await Promise.all(web.map((one) => one.metric(RENDERS)))).reduce((sum, count) => sum + count, 0)

/** The monitor reads any product in any language: a page that it is the first to ask for is rendered, edit or not. */
async function renderEachProduct({ databaseUrl, web }: Fleet): Promise<void> {
  const rows = await query<{ slug: string }>(databaseUrl, "SELECT slug FROM products WHERE status = 'active'")
  await Promise.all(
    LOCALES.map(async (locale, i) => {
      for (const { slug } of rows) {
        const url = `${web[i % web.length]?.url}/${locale}/products/${slug}`
        await until(`${url} is rendered`, async () => {
          const response = await fetch(url)
          await response.arrayBuffer()
          return response.ok
        })
      }
    }),
  )
}

/** Edits one product after the other while readers read. To be called while all is well. */
export async function editInCalm({ load, writers, products }: Beside, fleet: Fleet): Promise<CalmEdits> {
  const prober = fleet.process('prober')
  prober.pause() // it reads lists too
  try {
    await renderEachProduct(fleet)
    await load.sweep()
    const before = await renders(fleet.web)
    let edits = 0
    for (let i = 0; i < EDITS; i++) {
      const product = products[i % products.length]
      if (product && (await writers.post('editor in calm', [product])) === 'live') edits++
    }
    await load.sweep()
    return { edits, renders: (await renders(fleet.web)) - before }
  } finally {
    prober.resume()
  }
}
