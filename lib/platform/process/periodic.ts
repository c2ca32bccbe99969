/** Repeats the work of a process, one round at a time, until it is stopped. */
import pTimeout from 'p-timeout'

export interface BackOff {
  readonly firstMs: number
  readonly longestMs: number
}

/**
 * Doubled with each failure, and of that a random share: processes that failed together do not come back together.
 * @param failures in a row, from 1 on
 * @returns milliseconds until the next try, between half and all of what it may be
 */
export function backOffMs(failures: number, { firstMs, longestMs }: BackOff): number {
  return Math.min(longestMs, firstMs * 2 ** (failures - 1)) * (0.5 + Math.random() / 2)
}

/** Ends a pause before its time. One ring during a round ends the pause that follows. */
export class Bell {
  #hasRung = false
  #wake = () => {}

  ring(): void {
    this.#hasRung = true
    this.#wake()
  }

  /** Settles after so many milliseconds, at a ring, or when `signal` is aborted. */
  async pause(ms: number, signal?: AbortSignal): Promise<void> {
    if (!this.#hasRung && ms > 0) {
      const rung = new Promise<void>((resolve) => (this.#wake = resolve))
      // Aborted is as good as over: the caller looks at its signal.
      await pTimeout(rung, { milliseconds: ms, message: false, ...(signal && { signal }) }).catch(() => undefined)
    }
    this.#hasRung = false
  }
}

export interface Period {
  /** Milliseconds from the start of a round to the start of the next. One that takes longer is followed at once. */
  readonly everyMs: number
  /** Stops it. The round under way is awaited. */
  readonly signal: AbortSignal
  /** Milliseconds that failures in a row lengthen the pause to, for what may come late; by default they do not. */
  readonly longestMs?: number
  /** @param failures in a row, from 1 on; the next round follows in any case */
  readonly failed: (error: unknown, failures: number) => void
  /** Brings the next round forward. */
  readonly bell?: Bell
}

/** Milliseconds from the end of a round to the start of the next. */
export interface Pause {
  readonly pauseMs: number
}

/**
 * @param round may say the pause that follows it, in place of `everyMs`
 * @returns settles when it was stopped, after the last round
 */
export async function runPeriodically(
  round: () => Promise<Pause | void>,
  { everyMs, signal, longestMs = everyMs, failed, bell = new Bell() }: Period,
): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    const began = performance.now()
    let pauseMs: number | undefined
    try {
      pauseMs = (await round())?.pauseMs
      failures = 0
    } catch (error) {
      failures++
      failed(error, failures)
    }
    const periodMs = failures === 0 ? everyMs : backOffMs(failures, { firstMs: everyMs, longestMs })
    await bell.pause(pauseMs ?? periodMs - (performance.now() - began), signal)
  }
}
