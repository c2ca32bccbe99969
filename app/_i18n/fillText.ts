/**
 * Puts values in the places of a text. Enough for the browser, which so does without a message format library.
 * @example fillText('Remove {product}', { product: 'Oak chair' })
 */
export function fillText(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place)
}
