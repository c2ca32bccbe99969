import localFont from 'next/font/local'

/** Headings: the one weight that they have, half as large as the file of all weights. */
const bricolage = localFont({
  src: '../../node_modules/@fontsource/bricolage-grotesque/files/bricolage-grotesque-latin-700-normal.woff2',
  weight: '700',
  display: 'swap',
  variable: '--font-bricolage',
})

/** Text: 20 kB, the smallest of the open faces that go with the headings. Japanese and Korean are set in the system's own. */
const figtree = localFont({
  src: '../../node_modules/@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2',
  weight: '300 900',
  display: 'swap',
  variable: '--font-figtree',
})

/** Goes on `<html>`, so that the tokens can name the fonts. */
export const fontClassName = `${bricolage.variable} ${figtree.variable}`
