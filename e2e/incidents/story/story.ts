/**
 * The observations of an incident test on the naive variant and on this system, kept for `docs/incidents.md`:
 * with `RECORD_INCIDENTS=1` in the environment each recorded story writes its picture and its line of figures.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { timelineSvg } from './timelineSvg.ts'

/** `refused`: an error, or an answer marked as not current. */
export type Outcome = 'current' | 'stale' | 'refused'

export interface Run {
  readonly marks: readonly { readonly at: number; readonly what: string }[]
  readonly reads: readonly { readonly at: number; readonly outcome: Outcome }[]
}

/** One run of an incident: what was done and what readers got, in milliseconds from its first line. */
export class Timeline implements Run {
  readonly marks: { at: number; what: string }[] = []
  readonly reads: { at: number; outcome: Outcome }[] = []
  #start: number | undefined

  #now(): number {
    const now = performance.now()
    this.#start ??= now
    return now - this.#start
  }

  /** Something was done or happened now, in a few words: `edit committed`, `purge refused`, `alert`. */
  mark(what: string): void {
    this.marks.push({ at: this.#now(), what })
  }

  /** A reader got an answer now. */
  read(outcome: Outcome): void {
    this.reads.push({ at: this.#now(), outcome })
  }

  count(outcome: Outcome): number {
    return this.reads.filter((read) => read.outcome === outcome).length
  }
}

export interface Story {
  /** The number in the table of `docs/incidents.md`, from 1. */
  readonly number: number
  /** As in the title of the test. */
  readonly lesson: string
  readonly naive: Run
  readonly ours: Run
  /** The measurement, in words: `['stale reads: 40 of 40 and 0 of 40']`. */
  readonly figures: readonly string[]
}

const FOLDER = path.join(import.meta.dirname, '../../../docs/images/incidents')

/** Keeps the story for the docs, if that was asked for. */
export function recordStory(story: Story): void {
  if (process.env['RECORD_INCIDENTS'] !== '1') return
  mkdirSync(FOLDER, { recursive: true })
  const name = `${String(story.number).padStart(2, '0')}.svg`
  writeFileSync(path.join(FOLDER, name), timelineSvg(story))
}
