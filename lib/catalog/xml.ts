/** XML that is written by hand: the sitemaps and the product feed. */
/** A reader takes a bare carriage return for a line end. */
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
}

/** Control characters, and what XML 1.0 has no way to say, not even escaped: a reader would refuse the whole file. */
const UNSAYABLE = /(?![\t\n\r])\p{Cc}|[\ufffe\uffff]|\p{Surrogate}/gu

/** @returns the text as it may stand in an element or an attribute, without the characters that XML cannot have */
export function xmlText(text: string): string {
  return text.replace(UNSAYABLE, '').replace(/[&<>"'\r]/g, (character) => ESCAPES[character] ?? character)
}
