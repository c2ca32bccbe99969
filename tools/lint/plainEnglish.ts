/** The words that no text of the project has: CONTRIBUTING.md asks for subject, verb, object, and a process is "it". */
const WORDS = /(?<![\p{L}\p{N}_])(whoever|whatever|whichever|wherever|somebody|nobody|meanwhile|he)(?![\p{L}\p{N}_])/giu

/** A quotation, and a name in quotes alone: `'nobody'` is an account of the system. */
const QUOTED = /“[^”\n]*”|"[^"\n]*"|`[^`\n]*`|'[a-z]+'/g

/**
 * @param text of a file: code, a page, messages
 * @param quotes whether what stands in quotes is a quotation, as in a page; in code it is a text of ours
 * @returns `3: nobody` for each such word, with its line
 */
export function refusedWords(text: string, quotes: boolean): string[] {
  return text.split('\n').flatMap((line, i) => {
    const own = line.replaceAll(quotes ? QUOTED : /(['`])[a-z]+\1/g, '')
    return [...own.matchAll(WORDS)].map(([word]) => `${i + 1}: ${word}`)
  })
}
