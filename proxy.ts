import createMiddleware from 'next-intl/middleware'
import { routing } from './app/_i18n/routing.ts'

/** Leads an address without a language to the visitor's own: the one chosen before, else the browser's. */
export const proxy = createMiddleware(routing)

export const config = {
  // Addresses with a language never pass through here: they are answered from the page cache.
  matcher: ['/', '/(products|categories|search|cart|checkout|orders|info)/:path*'],
}
