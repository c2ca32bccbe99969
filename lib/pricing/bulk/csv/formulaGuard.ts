/**
 * A spreadsheet runs a cell that begins with one of these as a formula, from any source. Texts of the catalog are
 * therefore written with an apostrophe before them, which a spreadsheet shows as text. Numbers are never touched.
 */
const DANGEROUS = /^'*[=+\-@\t\r\n＝＋－＠]/
const GUARDED = /^'+[=+\-@\t\r\n＝＋－＠]/

/** @example guardText('=1+1') // "'=1+1" */
export function guardText(text: string): string {
  return DANGEROUS.test(text) ? `'${text}` : text
}

/** The text that was guarded, exactly: `unguardText(guardText(text)) === text`. */
export function unguardText(text: string): string {
  return GUARDED.test(text) ? text.slice(1) : text
}
