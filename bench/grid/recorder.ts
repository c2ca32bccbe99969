/** What the browser itself saw while somebody scrolled: every frame, how long it took, and what was in it. */
import type { CDPSession, Page } from '@playwright/test'

export interface Recording {
  /** Milliseconds from each frame to the next. */
  readonly frames: readonly number[]
  /** Most rows that were in the page at once. */
  readonly mostRows: number
  /** Frames in which a row on screen had not come yet. */
  readonly blankFrames: number
  /** From the end of the scrolling until every row on screen was filled. */
  readonly filledMs: number
}

declare global {
  interface Window {
    gridRecording: { frames: number[]; mostRows: number; blankFrames: number; running: boolean }
  }
}

const GIVE_UP_MS = 30_000

export async function record(page: Page, scroll: () => Promise<void>): Promise<Recording> {
  await page.evaluate(() => {
    const grid = document.querySelector('[role=grid]')
    if (!grid) throw new Error('there is no grid on this page')
    const recording = { frames: [] as number[], mostRows: 0, blankFrames: 0, running: true }
    window.gridRecording = recording
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
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })
  await scroll()
  return page.evaluate(async (giveUp) => {
    const ended = performance.now()
    const grid = document.querySelector('[role=grid]')
    const filled = () => grid && grid.querySelectorAll('[role=gridcell]').length > 0 && grid.querySelector('[aria-label=Loading]') === null
    while (!filled()) {
      if (performance.now() - ended > giveUp) throw new Error(`rows were still blank ${giveUp} ms after the scrolling had ended`)
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
    const filledMs = performance.now() - ended
    window.gridRecording.running = false
    const { frames, mostRows, blankFrames } = window.gridRecording
    // The first one is from the start of the recording, not from a frame.
    return { frames: frames.slice(1), mostRows, blankFrames, filledMs }
  }, GIVE_UP_MS)
}

/** Bytes of script memory that are in use, after what nobody needs was thrown away. */
export async function heapBytes(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  return usedSize
}
