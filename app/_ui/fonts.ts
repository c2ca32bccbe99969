import localFont from 'next/font/local'

/** The display face, in headings only: body text uses the system's own, which also covers Japanese and Korean. */
const bricolage = localFont({
  src: '../../node_modules/@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-latin-wght-normal.woff2',
  weight: '200 800',
  display: 'swap',
  variable: '--font-bricolage',
})

/** Goes on `<html>`, so that the tokens can name the font. */
export const fontClassName = bricolage.variable
