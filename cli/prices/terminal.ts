/** Writes to standard output, and asks the person at the terminal when there is one. */
import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'

export interface Terminal {
  /** One object a line instead of sentences. */
  readonly json: boolean
  /** A person can be asked. */
  readonly person: boolean
  say(lines: readonly string[]): void
  /** For a program: written only with `--json`. */
  writeJson(value: unknown): void
  /** A line that is written over by the next; on no terminal it is left out. */
  progress(line: string): void
  ask(question: string): Promise<string>
}

export function terminalOf(json: boolean): Terminal {
  const { stdin, stdout } = process
  const writesOver = !json && stdout.isTTY
  let open = false
  const end = () => {
    if (open) stdout.write('\n')
    open = false
  }
  return {
    json,
    person: !json && stdin.isTTY && stdout.isTTY,
    say(lines) {
      end()
      if (!json && lines.length > 0) stdout.write(`${lines.join('\n')}\n`)
    },
    writeJson(value) {
      if (json) stdout.write(`${JSON.stringify(value)}\n`)
    },
    progress(line) {
      if (!writesOver) return
      stdout.write(`\r\u001b[2K${line.slice(0, (stdout.columns || 80) - 1)}`)
      open = true
    },
    async ask(question) {
      end()
      const reader = createInterface({ input: stdin, output: stdout })
      try {
        // Ctrl-C and Ctrl-D close it without an answer: that is no.
        const closed = once(reader, 'close').then(() => '')
        const answered = reader.question(question).catch((error: unknown) => {
          if (error instanceof Error && error.name === 'AbortError') return ''
          throw error
        })
        return (await Promise.race([answered, closed])).trim()
      } finally {
        reader.close()
      }
    },
  }
}
