/** Sitemaps as XML. @see https://www.sitemaps.org/protocol.html and Google's notes on localized versions */
import { createHash } from 'node:crypto'
import { xmlText } from '../xml.ts'

export interface SitemapFile {
  /** Absolute. */
  readonly url: string
  /** ISO 8601 */
  readonly changedAt: string | null
}

export interface SitemapPage {
  /** Absolute addresses of one page, by language: `en`, `de`, …, `x-default`. */
  readonly languages: Readonly<Record<string, string>>
  readonly changedAt: string | null
}

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
const lastmod = (changedAt: string | null) => (changedAt === null ? '' : `<lastmod>${xmlText(changedAt)}</lastmod>`)

export function sitemapIndex(files: readonly SitemapFile[]): string {
  const entries = files.map(
    ({ url, changedAt }) => `<sitemap><loc>${xmlText(url)}</loc>${lastmod(changedAt)}</sitemap>\n`,
  )
  return `${HEAD}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${entries.join('')}</sitemapindex>\n`
}

function pageEntries({ languages, changedAt }: SitemapPage): string {
  const all = Object.entries(languages)
  const links = all
    .map(([language, url]) => `<xhtml:link rel="alternate" hreflang="${xmlText(language)}" href="${xmlText(url)}"/>`)
    .join('')
  return all
    .filter(([language]) => language !== 'x-default')
    .map(([, url]) => `<url><loc>${xmlText(url)}</loc>${lastmod(changedAt)}${links}</url>\n`)
    .join('')
}

/** Every language of a page is an entry of its own, and each names them all. Yields a piece a page. */
export function* sitemapPages(pages: readonly SitemapPage[]): Generator<string> {
  yield `${HEAD}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n`
  for (const page of pages) yield pageEntries(page)
  yield '</urlset>\n'
}

/** A validator of what a file lists: weak, for it says nothing about the bytes of an encoding. */
export function sitemapEtag(listed: unknown): string {
  return `W/"${createHash('sha256').update(JSON.stringify(listed)).digest('base64url').slice(0, 22)}"`
}
