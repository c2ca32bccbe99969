'use client'

import type { ComponentProps } from 'react'

/**
 * A picture that is loaded first, of a page that is looked at. In the browser, because of one that a server component renders React
 * puts a preload into the payload too: a page that the router only prefetched would load its picture before all others.
 */
export function FirstPicture({ alt, ...picture }: ComponentProps<'img'> & { alt: string }) {
  // oxlint-disable-next-line nextjs/no-img-element -- an image service has nothing to resize in an SVG
  return <img {...picture} alt={alt} fetchPriority="high" />
}
