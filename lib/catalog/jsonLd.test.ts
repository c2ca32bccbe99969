import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  availabilityMember,
  escapedJson,
  priceMembers,
  productJsonLd,
  productJsonLdText,
  type ProductFacts,
} from './jsonLd.ts'

const product: ProductFacts = {
  sku: 'EG-42',
  name: 'Oak </script><script>alert(1)</script> Chair',
  brand: 'Fjell',
  description: 'A chair.',
  status: 'active',
  price: { amountMinor: 12_990, currency: 'EUR', reducedFromMinor: null, stock: 12 },
  priceValidUntil: null,
}

describe('escapedJson', () => {
  it('cannot end the script element, with any characters in a name', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const json = escapedJson({ text: `${text}</script><!--\u2028` })
        expect(json).not.toMatch(/[<>&\u2028\u2029]/)
        expect(JSON.parse(json)).toEqual({ text: `${text}</script><!--\u2028` })
      }),
    )
  })
})

describe('productJsonLd', () => {
  it('offers the price as a decimal with its currency', () => {
    const json = JSON.parse(
      escapedJson(productJsonLd(product, 'https://shop.example/en/products/oak-chair', ['https://i'])),
    )
    expect(json.offers).toMatchObject({
      price: '129.90',
      priceCurrency: 'EUR',
      availability: 'https://schema.org/InStock',
    })
    expect(json.name).toBe(product.name)
  })

  const offersOf = (of: ProductFacts) => JSON.parse(escapedJson(productJsonLd(of, 'https://s', ['https://i']))).offers

  it('strikes a price through where the shop may show a reduction, behind the price that is asked', () => {
    expect(offersOf(product)).not.toHaveProperty('priceSpecification')
    const reduced = {
      ...product,
      price: { ...product.price, reducedFromMinor: 15_900 },
    }
    const offers = offersOf(reduced)
    expect(offers).toMatchObject({
      price: '129.90',
      priceSpecification: {
        '@type': 'UnitPriceSpecification',
        priceType: 'https://schema.org/StrikethroughPrice',
        price: '159.00',
        priceCurrency: 'EUR',
      },
    })
    // Tools read the first amount of the offer.
    expect(Object.keys(offers).indexOf('price')).toBeLessThan(Object.keys(offers).indexOf('priceSpecification'))
  })

  it('says until when the price holds where that is known', () => {
    expect(offersOf(product)).not.toHaveProperty('priceValidUntil')
    expect(offersOf({ ...product, priceValidUntil: '2026-12-24T22:59:59.000Z' })).toMatchObject({
      priceValidUntil: '2026-12-24T22:59:59.000Z',
    })
  })

  it.each([
    [0, 'OutOfStock'],
    [5, 'LimitedAvailability'],
    [6, 'InStock'],
  ])('says of a stock of %i that it is %s', (stock, availability) => {
    expect(offersOf({ ...product, price: { ...product.price, stock } }).availability).toBe(
      `https://schema.org/${availability}`,
    )
  })

  it('reads the same as text, where what follows from stock and price is put in last', () => {
    for (const priceValidUntil of [null, '2026-12-24T22:59:59.000Z'])
      for (const reducedFromMinor of [null, 15_900]) {
        const of = { ...product, priceValidUntil, price: { ...product.price, reducedFromMinor } }
        const members = `${availabilityMember('InStock')},${priceMembers(of.price, priceValidUntil)}`
        expect(productJsonLdText(of, 'https://s', ['https://i'], members)).toBe(
          escapedJson(productJsonLd(of, 'https://s', ['https://i'])),
        )
      }
  })

  it('says when a product is discontinued', () => {
    const json = JSON.parse(
      escapedJson(productJsonLd({ ...product, status: 'discontinued' }, 'https://s', ['https://i'])),
    )
    expect(json.offers.availability).toBe('https://schema.org/Discontinued')
  })
})
