/**
 * The messages of the set-up on the terminal. A step that takes longer than two seconds says so while it runs:
 * on a terminal by a line that counts, in a log by a line every ten seconds.
 */

import { stripVTControlCharacters } from 'node:util'

const SILENT_MS = 2_000
const TERMINAL_TICK_MS = 500
const LOG_TICK_MS = 10_000

/** A failure in one sentence, with its remedy. Printed without a stack trace. */
export class SetupError extends Error {
  /**
   * @param {string} sentence
   * @param {string} [detail] the last lines of a log, printed indented
   */
  constructor(sentence, detail = '') {
    super(sentence)
    this.name = 'SetupError'
    this.detail = detail.trim()
  }
}

/** @param {string} line */
export function say(line) {
  process.stdout.write(`${line}\n`)
}

/** @param {number} ms */
const seconds = (ms) => `${Math.round(ms / 1000)} s`

/**
 * Runs one step of the set-up and shows how it goes.
 * @template T
 * @param {string} title such as `Building the shop`
 * @param {(detail: (line: string) => void) => T | Promise<T>} work `detail` replaces the text behind the title
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const terminal = process.stdout.isTTY === true
  const started = Date.now()
  let detail = ''
  let announced = false
  const show = () => {
    announced = true
    const text = `  … ${title}, ${seconds(Date.now() - started)}${detail ? `: ${detail}` : ''}`
    if (!terminal) return say(text)
    process.stdout.write(`\r\u001b[2K${text.slice(0, (process.stdout.columns || 80) - 1)}`)
  }
  /** @type {NodeJS.Timeout | undefined} */
  let ticker
  const patience = setTimeout(() => {
    show()
    ticker = setInterval(show, terminal ? TERMINAL_TICK_MS : LOG_TICK_MS)
  }, SILENT_MS)
  /** @param {string} mark */
  const close = (mark) => {
    clearTimeout(patience)
    clearInterval(ticker)
    if (announced && terminal) process.stdout.write('\r\u001b[2K')
    say(`  ${mark} ${title}${Date.now() - started > SILENT_MS ? ` (${seconds(Date.now() - started)})` : ''}`)
  }
  try {
    const result = await work((line) => {
      detail = stripVTControlCharacters(line).trim() || detail
    })
    close('✓')
    return result
  } catch (error) {
    close('✗')
    throw error
  }
}

/**
 * Prints why the set-up cannot go on and marks the process as failed.
 * @param {unknown} error
 */
export function stopWithSentence(error) {
  process.exitCode = 1
  if (!(error instanceof SetupError)) {
    process.stderr.write(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    return
  }
  const detail = error.detail ? `\n${error.detail.replace(/^/gm, '    ')}\n` : ''
  process.stderr.write(`\n  ${error.message}\n${detail}\n`)
}
