import type { ImportQuestion } from '../bulk/csv/questions.ts'

/** The result of a file that leaves no question open. @throws {Error} with the questions of one that does */
export function understood<T extends object>(found: T | { readonly questions: readonly ImportQuestion[] }): T {
  if ('questions' in found) throw new Error(`The file leaves open: ${JSON.stringify(found.questions, undefined, 2)}`)
  return found
}

/** In small pieces that cut lines and characters, as a network does. */
export async function* arriving(text: string | Uint8Array, piece = 7): AsyncGenerator<Uint8Array> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece)
}
