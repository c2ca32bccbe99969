/**
 * Placeholders as they look from outside. They stand in a page while its template is made, and none may leave a server.
 * Spelled here and not taken from the server, which must not share a mistake with its tests.
 */

/**
 * The head of a text; a number of a product below 100,000, also one that was written as an amount. Digits after a decimal point
 * are none: `3.8116000000000017` is a sum of CPU seconds.
 */
const MARK = /~s[0-9a-f]{16}\.|(?<!\d\.?)8\d{3}0{5}\d{5}\.?[1-9]\d(?!\d)/

/**
 * @param {string} text
 * @returns {string | undefined} the first placeholder in `text`, with what stands around it
 */
export function placeholderIn(text) {
  const found = MARK.exec(text)
  return found ? text.slice(Math.max(0, found.index - 60), found.index + 90) : undefined
}

/**
 * @param {string} text
 * @param {string} address where it came from
 * @throws {Error} when it holds a placeholder
 */
export function refusePlaceholder(text, address) {
  const found = placeholderIn(text)
  if (found !== undefined) throw new Error(`a placeholder left the server in the answer of ${address}: ${found}`)
}
