import { connection } from 'next/server'
import { absolute } from '../_i18n/urls.ts'

/** Paths that no search engine should ask for: the back office, the APIs, and pages that differ for each visitor. */
const DISALLOWED = [
  '/admin',
  '/api/',
  ...['/search', '/cart', '/checkout', '/orders'].flatMap((path) => [`/*${path}`, path]),
]

export async function GET(): Promise<Response> {
  // The shop's public address is known when it runs, not when it is built.
  await connection()
  const lines = [
    'User-agent: *',
    ...DISALLOWED.map((path) => `Disallow: ${path}`),
    '',
    `Sitemap: ${absolute('/sitemap.xml')}`,
  ]
  return new Response(`${lines.join('\n')}\n`, {
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'public, max-age=3600' },
  })
}
