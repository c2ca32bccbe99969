/**
 * Turns an iterator into the body of a request or an answer. It asks for the next part when the reader has room for it.
 * @param first what was asked for already
 */
export function webStreamOf(
  iterator: AsyncIterator<Uint8Array>,
  first?: IteratorResult<Uint8Array>,
): ReadableStream<Uint8Array> {
  let next = first
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = next ?? (await iterator.next())
        next = undefined
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        await iterator.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}
