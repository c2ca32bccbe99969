/** Announces changes of prices and stocks to screen readers. Loaded with the first change: most pages see none. */
import { priceTexts } from '#lib/catalog/prices/priceTexts.ts'
import { stockTexts } from '#lib/catalog/stock.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { fillText } from '../../_i18n/fillText.ts'
import type { ClientLabels } from '../../_i18n/messages.ts'
import { priceStore, type Raised } from './priceStore.ts'

/** Milliseconds within which changes are read aloud once. */
const MERGED_MS = 2_500

interface Page {
  readonly locale: Locale
  readonly labels: ClientLabels
  readonly say: (news: string) => void
}

const changed = new Map<number, Raised>()
let announcing: number | undefined

/** The stock that the page of a product now states, where it has changed. Cards are not read aloud for it. */
function spokenStock(before: ShownPrice, now: ShownPrice, locale: Locale): string[] {
  const { said } = stockTexts(now.stock, locale)
  const isShown = document.querySelector(`[data-spoken][data-stock-of="${now.productId}"]`) !== null
  return isShown && now.status === 'active' && said !== stockTexts(before.stock, locale).said ? [said] : []
}

function newsOf(seen: readonly Raised[], { locale, labels }: Page): string {
  const watched = priceStore.watched()
  const priced = seen.filter(({ before, now }) => now.version > before.version || now.status !== before.status)
  const [only] = priced
  const prices =
    priced.length > 1
      ? labels.pricesChanged
      : only &&
        fillText(only.now.status === 'discontinued' ? labels.gone : labels.priceChanged, {
          product: watched.get(only.now.productId) ?? '',
          price: priceTexts(only.now, locale).amount,
        })
  const stocks = seen.flatMap(({ before, now }) => spokenStock(before, now, locale))
  return [prices, ...stocks].filter(Boolean).join(' ')
}

/** Says what has changed on the screen, once for all that changes within MERGED_MS. */
export function announce(raised: readonly Raised[], page: Page): void {
  for (const { before, now } of raised) {
    const first = changed.get(now.productId)?.before ?? before
    changed.set(now.productId, { before: first, now })
  }
  announcing ??= window.setTimeout(() => {
    announcing = undefined
    const watched = priceStore.watched()
    const seen = [...changed.values()].filter(({ now }) => watched.has(now.productId))
    changed.clear()
    const news = newsOf(seen, page)
    if (news !== '') page.say(news)
  }, MERGED_MS)
}
