import { expect, test } from 'vitest'
import { sitemapEtag, sitemapIndex, sitemapPages } from './sitemapXml.ts'

test('every language of a page is an address of its own, and each names all of them and the default', () => {
  const languages = { en: 'https://s/en/a', de: 'https://s/de/a', 'x-default': 'https://s/en/a' }
  const xml = [...sitemapPages([{ languages, changedAt: '2026-01-02T03:04:05.678Z' }])].join('')
  expect([...xml.matchAll(/<loc>([^<]*)<\/loc>/g)].map(([, url]) => url)).toEqual(['https://s/en/a', 'https://s/de/a'])
  expect(xml.match(/hreflang="(en|de|x-default)"/g)).toHaveLength(6)
  expect(xml.match(/<lastmod>2026-01-02T03:04:05.678Z<\/lastmod>/g)).toHaveLength(2)
})

test('nothing in an address can end an element', () => {
  const hostile = `https://s/?a=1&b="<'>`
  expect(sitemapIndex([{ url: hostile, changedAt: null }])).toContain(
    '<sitemap><loc>https://s/?a=1&amp;b=&quot;&lt;&apos;&gt;</loc></sitemap>',
  )
  expect([...sitemapPages([{ languages: { en: hostile }, changedAt: null }])].join('')).not.toMatch(/["<]'>/)
})

test('a list that lost a product has another validator, one that did not has the same', () => {
  const listed = [
    { slug: 'a', changedAt: '2026-01-01T00:00:00.000Z' },
    { slug: 'b', changedAt: '2026-01-01T00:00:00.000Z' },
  ]
  expect(sitemapEtag(structuredClone(listed))).toBe(sitemapEtag(listed))
  expect(sitemapEtag(listed.slice(1))).not.toBe(sitemapEtag(listed))
})
