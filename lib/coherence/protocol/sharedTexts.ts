/**
 * Keeps one copy of a text that many objects hold, such as a tag. What was unpacked has a copy of its own of each of its texts: of a page
 * seventy tags in each of three lists, and five texts in each of five hundred slots.
 */

/** At most 10 MB. What is still in use when these are dropped has a second copy from then on. */
const MOST = 50_000

/** @param make of a text what is kept for it */
export function keptFor<Value>(make: (text: string) => Value): (text: string) => Value {
  const kept = new Map<string, Value>()
  return (text) => {
    const known = kept.get(text)
    if (known !== undefined) return known
    if (kept.size === MOST) kept.clear()
    const value = make(text)
    kept.set(text, value)
    return value
  }
}

/** The same text. */
export const sharedText = keptFor((text) => text)

/** The list of the texts that this one joins with commas. */
export const sharedList = keptFor((joined): readonly string[] =>
  joined === '' ? [] : joined.split(',').map(sharedText),
)
