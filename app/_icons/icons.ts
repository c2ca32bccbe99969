/** The mark of the shop as PNG, for programs that read no SVG: drawn once from `app/icon.svg`, on a ground of its own. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'

/** Pixels of each side. */
export type IconSize = 48 | 180 | 192 | 512

const FOLDER = path.join(process.cwd(), 'app/_icons')

export function iconOf(size: IconSize): Promise<Buffer> {
  return readFile(path.join(FOLDER, `${size}.png`))
}

/**
 * An ICO file with one PNG in it.
 * @param png square, of `size` pixels, at most 255
 */
export function icoOf(png: Buffer, size: number): Buffer {
  const head = Buffer.alloc(22)
  head.writeUInt16LE(1, 2) // an icon
  head.writeUInt16LE(1, 4) // one picture
  head.writeUInt8(size, 6)
  head.writeUInt8(size, 7)
  head.writeUInt16LE(1, 10) // planes
  head.writeUInt16LE(32, 12) // bits a pixel
  head.writeUInt32LE(png.byteLength, 14)
  head.writeUInt32LE(head.byteLength, 18)
  return Buffer.concat([head, png])
}

/** @returns an answer that browsers keep for a day: the address has no version in it */
export function iconAnswer(bytes: Buffer, type: 'image/png' | 'image/x-icon'): Response {
  return new Response(new Uint8Array(bytes), {
    headers: { 'Content-Type': type, 'Cache-Control': 'public, max-age=86400', 'X-Content-Type-Options': 'nosniff' },
  })
}
