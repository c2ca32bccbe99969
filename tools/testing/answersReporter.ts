/**
 * Playwright's results as answers to questions: each test with what it measured, which tests hand over with
 * `measured` of e2e/support/measured.ts.
 */
import type { FullResult, Reporter, TestCase, TestResult } from '@playwright/test/reporter'
import { MEASURED } from '../../e2e/support/measured.ts'
import { say } from '../progress.mjs'

const ERROR_LINES = 8

class AnswersReporter implements Reporter {
  #file = ''
  #held = 0
  #count = 0

  onTestEnd(test: TestCase, result: TestResult): void {
    const { file } = test.location
    if (file !== this.#file) say(`\n${file.split('/').at(-1)?.replace('.spec.ts', '') ?? file}`)
    this.#file = file
    const holds = result.status === test.expectedStatus
    this.#count++
    if (holds) this.#held++
    say(`  ${holds ? '✓' : '✗'} ${test.title} (${(result.duration / 1_000).toFixed(1)} s)`)
    for (const { type, description } of result.annotations) if (type === MEASURED) say(`      ${description}`)
    if (!holds) say((result.error?.message ?? '').split('\n', ERROR_LINES).join('\n').replace(/^/gm, '      '))
  }

  onEnd({ duration }: FullResult): void {
    say(
      `\n${this.#held} of ${this.#count} hold, in ${Math.round(duration / 1_000)} s. Every step: playwright-report/index.html`,
    )
  }

  printsToStdio(): boolean {
    return true
  }
}

// Playwright asks a reporter's file for a default export.
export default AnswersReporter
