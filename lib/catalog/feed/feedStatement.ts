/** Reads the prices of a product feed from its bytes: the counterpart of `pageStatement.ts`. */
import { Parser } from 'htmlparser2'
import type { PageStatement, StatedPrice } from '../pageStatement.ts'

interface Item {
  stated?: StatedPrice
  /** Texts of the elements, by name. */
  readonly texts: Map<string, string>
}

function itemsOf(xml: string): Item[] {
  const items: Item[] = []
  let name = ''
  const parser = new Parser(
    {
      onopentag(opened, attributes) {
        name = opened
        if (opened === 'item') items.push({ texts: new Map() })
        const item = items.at(-1)
        if (opened !== 'v:made-from' || !item) return
        const numberIn = (attribute: string) => Number(attributes[attribute] ?? Number.NaN)
        item.stated = {
          productId: numberIn('product-id'),
          version: numberIn('price'),
          amountMinor: numberIn('amount-cents'),
        }
      },
      ontext(text) {
        const texts = items.at(-1)?.texts
        texts?.set(name, (texts.get(name) ?? '') + text)
      },
      onclosetag() {
        name = ''
      },
    },
    { xmlMode: true },
  )
  parser.end(xml)
  return items
}

/** An amount such as `12.90 EUR` has all decimals of its currency. */
const minorOf = (text: string) => Number(text.replace(/\D/g, ''))

/** @param xml a feed, or a part of it @returns what its items state, and where the price beside a version is another one */
export function readFeedStatement(xml: string): PageStatement {
  const items = itemsOf(xml).flatMap(({ stated, texts }) => {
    const [price = '', sale] = [texts.get('g:price'), texts.get('g:sale_price')]
    return stated ? [{ stated, asked: sale ?? price, former: sale === undefined ? null : minorOf(price) }] : []
  })
  return {
    versions: new Map(items.map(({ stated }) => [stated.productId, stated.version])),
    prices: items.map(({ stated }) => stated),
    reductions: items.map(({ stated: { productId, version }, former }) => ({
      productId,
      version,
      reducedFromMinor: former,
    })),
    contradictions: items
      .filter(({ stated, asked }) => minorOf(asked) !== stated.amountMinor)
      .map(({ stated: { productId, amountMinor }, asked }) => ({
        productId,
        words: `product ${productId}: the item says ${asked || 'no price'}, its version ${amountMinor} cents`,
      })),
    renderedAt: undefined,
  }
}
