/** XML that is written by hand: the sitemaps and the product feed. */
import { escapeUTF8 } from 'entities'

/** Control characters, and what XML 1.0 has no way to say, not even escaped: a reader would refuse the whole file. */
const UNSAYABLE = /(?![\t\n\r])\p{Cc}|[\ufffe\uffff]|\p{Surrogate}/gu

/** @returns the text as it may stand in an element or an attribute, without the characters that XML cannot have */
export function xmlText(text: string): string {
  // A reader takes a bare carriage return for a line end.
  return escapeUTF8(text.replace(UNSAYABLE, '')).replaceAll('\r', '&#13;')
}
