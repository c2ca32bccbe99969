import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { RefusedError } from './errors.ts'

type Body = ReadableStream<Uint8Array> | null

function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE'
}

/** Writes the answer to standard output. A reader that closes it early, as `head` does, has what it wanted. */
export async function printBody(body: Body): Promise<void> {
  await pipeline(Readable.from(body ?? []), process.stdout, { end: false }).catch((error: unknown) => {
    if (!isClosedPipe(error)) throw new RefusedError('The shop broke off: the file is not whole.')
  })
}

/**
 * Writes the answer to a file, which is there whole or not at all.
 * @throws {RefusedError} when it cannot be written, or the shop breaks off
 */
export async function saveBody(body: Body, file: string): Promise<void> {
  const part = `${file}.part`
  try {
    await pipeline(Readable.from(body ?? []), createWriteStream(part))
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true })
    throw new RefusedError(`${file} is not written: ${error instanceof Error ? error.message : String(error)}`)
  }
}
