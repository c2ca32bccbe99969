/** The browser's own record of a scroll: every frame, how long it took, and what was in it. */
import type { CDPSession, Page } from '@playwright/test'

export interface Recording {
  /** Milliseconds from each frame to the next. */
  readonly frames: readonly number[]
  /** Most rows that were in the page at once. */
  readonly mostRows: number
  /** Frames in which a row on screen had not come yet. */
  readonly blankFrames: number
  /** From the last scroll event until a frame in which every row on screen was filled. */
  readonly filledMs: number
  /** The time of the page's main thread, in milliseconds a frame. Other work on the machine adds nothing to it. */
  readonly cpuMs: number
}

declare global {
  interface Window {
    gridRecording: {
      frames: number[]
      mostRows: number
      blankFrames: number
      lastScroll: number
      filledAt: number
      running: boolean
    }
  }
}

const GIVE_UP_MS = 30_000

async function threadSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
}

export async function record(page: Page, session: CDPSession, scroll: () => Promise<void>): Promise<Recording> {
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const before = await threadSeconds(session)
  await page.evaluate(() => {
    const grid = document.querySelector('[role=grid]')
    if (!grid) throw new Error('there is no grid on this page')
    const recording = {
      frames: [] as number[],
      mostRows: 0,
      blankFrames: 0,
      lastScroll: performance.now(),
      filledAt: 0,
      running: true,
    }
    window.gridRecording = recording
    grid.addEventListener('scroll', () => {
      recording.lastScroll = performance.now()
    })
    let last = performance.now()
    const frame = (now: number) => {
      if (!recording.running) return
      recording.frames.push(now - last)
      last = now
      recording.mostRows = Math.max(recording.mostRows, grid.querySelectorAll('[role=row]').length)
      const { top, bottom } = grid.getBoundingClientRect()
      const blank = [...grid.querySelectorAll('[aria-label=Loading]')].some((cell) => {
        const { top: from, bottom: to } = cell.getBoundingClientRect()
        return to > top && from < bottom
      })
      if (blank) recording.blankFrames += 1
      if (blank) recording.filledAt = Number.POSITIVE_INFINITY
      else if (recording.filledAt < recording.lastScroll || recording.filledAt > now) recording.filledAt = now
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })
  await scroll()
  const seen = await page.evaluate(async (giveUp) => {
    const ended = performance.now()
    const recording = window.gridRecording
    while (recording.filledAt < recording.lastScroll || !Number.isFinite(recording.filledAt)) {
      if (performance.now() - ended > giveUp)
        throw new Error(`rows were still blank ${giveUp} ms after the scrolling had ended`)
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
    const filledMs = recording.filledAt - recording.lastScroll
    recording.running = false
    const { frames, mostRows, blankFrames } = recording
    // The first one is from the start of the recording, not from a frame.
    return { frames: frames.slice(1), mostRows, blankFrames, filledMs }
  }, GIVE_UP_MS)
  const cpuMs = (((await threadSeconds(session)) - before) * 1_000) / Math.max(1, seen.frames.length)
  return { ...seen, cpuMs }
}

/** Bytes of script memory that are in use after a garbage collection. */
export async function heapBytes(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  return usedSize
}
