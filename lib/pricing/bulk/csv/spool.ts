import { randomUUID } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { CsvRefusedError } from './errors.ts'

const CHUNK_BYTES = 64 * 1024

/** A file that has arrived and can be read several times. */
export interface Spool {
  /** From its beginning. */
  chunks(): AsyncIterable<Uint8Array>
  close(): Promise<void>
}

/**
 * Keeps a stream on disk: what a file means can only be said after its last row, and a file of any size must not be kept
 * in memory. The file has no name as soon as it is open, so that nothing is left of it when the process dies.
 * @throws {CsvRefusedError} when it is larger than `maxBytes`; what came is not kept
 */
export async function spool(source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Spool> {
  const name = path.join(tmpdir(), `evergreen-import-${randomUUID()}`)
  const file = await open(name, 'wx+', 0o600)
  let bytes = 0
  try {
    await rm(name)
    for await (const chunk of source) {
      bytes += chunk.byteLength
      if (bytes > maxBytes)
        throw new CsvRefusedError('csv_too_large', `The file is larger than ${maxBytes} bytes. Send it in parts.`)
      await file.write(chunk)
    }
  } catch (error) {
    await file.close()
    throw error
  }
  return {
    async *chunks() {
      for (let at = 0; at < bytes;) {
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, at)
        if (bytesRead === 0) return
        at += bytesRead
        yield buffer.subarray(0, bytesRead)
      }
    },
    close: () => file.close(),
  }
}
