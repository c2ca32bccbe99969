import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapedJson, productJsonLd } from './jsonLd.ts'
import type { Product } from './rows.ts'

const product: Product = {
  id: 42,
  slug: 'oak-chair',
  sku: 'EG-42',
  name: 'Oak </script><script>alert(1)</script> Chair',
  brand: 'Fjell',
  description: 'A chair.',
  image: '/images/products/chair.abc.svg',
  status: 'active',
  version: 3,
  price: {
    productId: 42,
    amountCents: 12_990,
    compareAtCents: 15_900,
    currency: 'EUR',
    version: 7,
    versionUpdatedAt: '2026-11-21T10:00:00.000Z',
  },
  categories: [],
  related: [],
  lowestCents: null,
}

describe('escapedJson', () => {
  it('cannot end the script element, whatever a name contains', () => {
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
      escapedJson(productJsonLd(product, 'https://shop.example/en/products/oak-chair', 'https://i')),
    )
    expect(json.offers).toMatchObject({
      price: '129.90',
      priceCurrency: 'EUR',
      availability: 'https://schema.org/InStock',
    })
    expect(json.name).toBe(product.name)
  })

  it('says when a product is discontinued', () => {
    const json = JSON.parse(
      escapedJson(productJsonLd({ ...product, status: 'discontinued' }, 'https://s', 'https://i')),
    )
    expect(json.offers.availability).toBe('https://schema.org/Discontinued')
  })
})
