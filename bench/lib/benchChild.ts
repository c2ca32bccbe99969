/**
 * Loaded before a server of a bench. It ends with the bench that started it, also where that is killed, and answers each message with
 * the bytes that live in its heap, after a collection.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
process.on('message', () => {
  runInNewContext('gc()') // V8 gives it to contexts that are made after the flag is set.
  process.send?.(process.memoryUsage().heapUsed)
})
process.on('disconnect', () => process.exit())
process.channel?.unref()
