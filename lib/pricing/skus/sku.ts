/**
 * Reads a SKU: as it stands, case and all. A SKU with a blank or an invisible character at its
 * edge is a slip, or comes from a catalog that had such a SKU; without it, it may name another product. So it is refused
 * and never cut. The database takes no such SKU (products_sku_clean), so nothing that exists is refused here.
 *
 * It imports nothing that a browser lacks.
 */

/** White space, control, format and other characters that leave no mark. U+2800 is a Braille cell without dots. */
const BLANK = String.raw`\p{White_Space}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800`
const AT_START = new RegExp(`^[${BLANK}]+`, 'u')
const AT_END = new RegExp(`[${BLANK}]+$`, 'u')
const INVISIBLE = /(?!\p{White_Space})[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu
const VISIBLE_SPACE = new Set([' ', '\t', '\r', '\n'])

export type ReadSku = { readonly ok: true; readonly sku: string } | { readonly ok: false; readonly message: string }

/** @example nameOf('\u00a0') // 'a no-break space'; of a character without a usual name: 'the invisible character U+200B' */
function nameOf(character: string): string {
  if (character === ' ') return 'a blank'
  if (character === '\u00a0') return 'a no-break space'
  if (VISIBLE_SPACE.has(character)) return 'a tab or a line break'
  const point = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return `${/\p{White_Space}/u.test(character) ? 'the blank' : 'the invisible character'} U+${point}`
}

/** Without what is invisible at its edges: what to suggest, never what to take. */
function withoutEdges(text: string): string {
  return text.replace(AT_START, '').replace(AT_END, '')
}

/** Without what is invisible anywhere in it; white space within it stays. */
export function withoutInvisible(text: string): string {
  return withoutEdges(text).replace(INVISIBLE, '')
}

/**
 * Reads one SKU. Never throws, changes nothing.
 * @example readSku('AB-344 ') // { ok: false, message: '"AB-344 " ends with a blank, and no SKU does. Write AB-344 if that is meant.' }
 */
export function readSku(text: string): ReadSku {
  const clean = withoutEdges(text)
  if (clean === '') return { ok: false, message: 'The SKU is missing. Write it, or leave the row out.' }
  if (text.includes('\0'))
    return { ok: false, message: 'This SKU holds a NUL character, and no SKU does. Take it out.' }
  if (clean === text) return { ok: true, sku: text }
  const starts = AT_START.test(text)
  const [edge = ''] = starts ? text : [...text].slice(-1)
  return {
    ok: false,
    message: `"${text}" ${starts ? 'begins' : 'ends'} with ${nameOf(edge)}, and no SKU does. Write ${clean} if that is meant.`,
  }
}

export interface SkuList {
  /** Each once, in the order of the text. */
  readonly skus: readonly string[]
  /** The fault of each of the others. */
  readonly problems: readonly string[]
}

/** A list of SKUs as people type and paste it: apart by line breaks, tabs, commas or semicolons, after which a blank may stand. */
export function readSkuList(text: string): SkuList {
  const read = text
    .split(/[\r\n\t]+|[,;][ ]*/)
    .filter((part) => withoutEdges(part) !== '')
    .map(readSku)
  return {
    skus: [...new Set(read.flatMap((one) => (one.ok ? [one.sku] : [])))],
    problems: [...new Set(read.flatMap((one) => (one.ok ? [] : [one.message])))],
  }
}
