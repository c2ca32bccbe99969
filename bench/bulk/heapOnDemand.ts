/** Loaded before a worker whose memory is measured: it answers each message with the bytes that live in its heap, after a collection. */
process.on('message', () => {
  globalThis.gc?.()
  process.send?.(process.memoryUsage().heapUsed)
})
