/** The output of the demo: steps, measured facts, and a small table that is refreshed in place on a terminal. */
import { createInterface } from 'node:readline'
import { say } from '../progress.mjs'
import type { Lag } from './layers.ts'

const BAR = 20
const terminal = process.stdout.isTTY === true
const coloured = terminal && (process.env['NO_COLOR'] ?? '') === ''
const paint = (code: number, text: string) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text)

export const bold = (text: string): string => paint(1, text)
const green = (text: string) => paint(32, text)
const dim = (text: string) => paint(2, text)

function heading(text: string): void {
  say(`\n  ${bold(text)}\n`)
}

function line(text: string): void {
  say(`  ${text}`)
}

function fact(text: string): void {
  say(`  ${green('→')} ${text}`)
}

/** @returns `12 ms` or `3.4 s` */
export function duration(ms: number | undefined): string {
  if (ms === undefined) return 'not yet'
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}

function row({ name, fresh, total, ms }: Lag): string {
  const filled = total === 0 ? BAR : Math.round((fresh / total) * BAR)
  const bar = `${'█'.repeat(filled)}${dim('░'.repeat(BAR - filled))}`
  const count = total > 1 ? `${fresh} of ${total}` : ''
  return `    ${name.padEnd(24)} ${bar}  ${count.padEnd(10)} ${ms === undefined ? dim('…') : green(`fresh after ${duration(ms)}`)}`
}

/** @returns prints the layers: over its last print on a terminal, and once, when all is fresh, elsewhere */
function liveTable(): (lags: readonly Lag[]) => void {
  let printed = 0
  return (lags) => {
    if (!terminal && lags.some(({ ms }) => ms === undefined)) return
    if (printed > 0) process.stdout.write(`\u001b[${printed}A`)
    for (const lag of lags) process.stdout.write(`${terminal ? '\u001b[2K' : ''}${row(lag)}\n`)
    printed = lags.length
  }
}

function table(lags: readonly Lag[]): void {
  for (const lag of lags) say(row(lag))
}

/** The output of the steps: the terminal, or what a test puts in its place. */
export interface Screen {
  heading(text: string): void
  /** Something that is about to happen. */
  line(text: string): void
  /** Something that was measured. */
  fact(text: string): void
  /** The layers while they become fresh. */
  liveTable(): (lags: readonly Lag[]) => void
  /** The layers as they are at the end, also those that did not become fresh. */
  table(lags: readonly Lag[]): void
}

export const terminalScreen: Screen = { heading, line, fact, liveTable, table }

/** @returns after Enter; at once when `auto` is set */
export async function pressEnter(what: string, auto: boolean, signal: AbortSignal): Promise<void> {
  if (auto) return
  // Not in raw mode: Ctrl-C stays a signal, and the signal stops everything.
  const input = createInterface({ input: process.stdin, terminal: false })
  process.stdout.write(`\n  ${dim(`Enter ${what} …`)} `)
  await new Promise<void>((resolve) => {
    input.once('line', () => resolve())
    input.once('close', () => resolve())
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  input.close()
}
