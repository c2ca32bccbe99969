/**
 * Decides whether every store can hold a text, and every page can show it. Postgres has no NUL in a text, UTF-8 has no
 * half of a surrogate pair, and characters that turn the direction of writing can make one name look like another.
 */

export interface UnstorableText {
  /** The place in the value: `changes[0].reason`. */
  readonly field: string
  readonly message: string
}

/** Embeddings, overrides and isolates of the bidirectional algorithm. Marks (U+200E, U+200F) turn nothing else and may stay. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/

function problemOf(text: string): string | undefined {
  if (text.includes('\0')) return 'has the character NUL (U+0000). Take it out and send it again.'
  if (!text.isWellFormed()) return 'has half of a character (a lone surrogate). Take it out and send it again.'
  const [turning] = TURNING.exec(text) ?? []
  if (turning !== undefined)
    return `has a character that turns the direction of the text (U+${turning.charCodeAt(0).toString(16).toUpperCase()}). Take it out and send it again.`
  return undefined
}

const below = (field: string, name: string | number) =>
  typeof name === 'number' ? `${field}[${name}]` : field === '' ? name : `${field}.${name}`

/**
 * The first text in `value` that cannot be stored: in lists and objects too, names included.
 * @param field how the value itself is called
 */
export function unstorableText(value: unknown, field = ''): UnstorableText | undefined {
  if (typeof value === 'string') {
    const problem = problemOf(value)
    return problem === undefined ? undefined : { field, message: `${field === '' ? 'The text' : field} ${problem}` }
  }
  if (typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      const found = unstorableText(item, below(field, i))
      if (found) return found
    }
    return undefined
  }
  for (const [name, item] of Object.entries(value)) {
    const problem = problemOf(name)
    if (problem !== undefined) return { field, message: `A name ${problem}` }
    const found = unstorableText(item, below(field, name))
    if (found) return found
  }
  return undefined
}
