import { globSync } from 'node:fs'
import path from 'node:path'
import { SetupError } from '../progress.mjs'

/** Playwright's options that take the next word as their value. */
const WITH_VALUE = new Set(
  '-g --grep --grep-invert -j --workers --project --reporter --repeat-each --retries --timeout --trace -x'.split(' '),
)

/** The words of a command line that name files: neither options nor their values. */
export function wordsOf(args: readonly string[]): string[] {
  return args.filter((word, i) => !word.startsWith('-') && !WITH_VALUE.has(args[i - 1] ?? ''))
}

/**
 * Says which browser tests there are when a word names none, before anything is built.
 * @throws {SetupError} naming the word and the folders
 */
export function requireSpecs(root: string, args: readonly string[]): void {
  const specs = globSync('e2e/**/*.spec.ts', { cwd: root })
  for (const word of wordsOf(args)) {
    if (specs.some((file) => file.includes(word.replace(/:\d+$/, '')))) continue
    const folders = [...new Set(specs.map((file) => path.dirname(file)))].toSorted()
    const list = folders.map((folder) => {
      const names = specs.filter((file) => path.dirname(file) === folder).map((file) => path.basename(file, '.spec.ts'))
      return `${folder}: ${names.toSorted().join(', ')}`
    })
    throw new SetupError(
      `No browser test has "${word}" in its path. Name a folder or a file of these; -g "words" chooses by title.`,
      list.join('\n'),
    )
  }
}
