import type { MetadataRoute } from 'next'

export const MANIFEST_ICON_SIZES = [192, 512] as const

/** `/manifest.webmanifest`: what a phone reads that puts the shop on its home screen. The address `/` leads to one's language. */
export default function manifest(): MetadataRoute.Manifest {
  return {
    name: 'Evergreen',
    short_name: 'Evergreen',
    start_url: '/',
    scope: '/',
    // With the browser's own bar: the shop has no way back of its own.
    display: 'minimal-ui',
    background_color: '#fafbf8',
    theme_color: '#1c5a41',
    icons: [
      { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' },
      ...MANIFEST_ICON_SIZES.map((size) => ({
        src: `/icons/${size}.png`,
        sizes: `${size}x${size}`,
        type: 'image/png',
        purpose: 'any' as const,
      })),
    ],
  }
}
