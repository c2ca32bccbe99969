/** A whole feed as a stream that makes what its reader takes, and no more. */

/** Milliseconds. A reader that takes nothing for so long has gone, or holds the place of another. */
const SILENT_MS = 60_000

/**
 * @param pieces asked for the next piece when the reader has taken the one before. Where it throws, the stream breaks off: a feed
 *   without its end is no feed
 * @param done called, perhaps more than once, when the reader has everything or has gone
 */
export function feedStream(
  pieces: AsyncGenerator<string>,
  done: () => void,
  silentMs: number = SILENT_MS,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let silence: NodeJS.Timeout | undefined
  const end = () => {
    clearTimeout(silence)
    done()
  }
  return new ReadableStream(
    {
      async pull(controller) {
        clearTimeout(silence)
        try {
          const { done: ended, value } = await pieces.next()
          if (!ended) {
            controller.enqueue(encoder.encode(value))
            silence = setTimeout(() => {
              controller.error(new Error(`the reader of a feed took nothing for ${silentMs} ms`))
              end()
            }, silentMs)
            return
          }
          controller.close()
        } catch (error) {
          controller.error(error)
        }
        end()
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  )
}
