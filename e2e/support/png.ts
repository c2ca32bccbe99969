/** A PNG as pixels, so that two pictures compare by what they show. 8 bits a channel, not interlaced. */
import { inflateSync } from 'node:zlib'

export interface Picture {
  readonly width: number
  readonly height: number
  /** Row by row, `channels` bytes a pixel. */
  readonly pixels: Buffer
  readonly channels: number
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const CHANNELS: Readonly<Record<number, number>> = { 2: 3, 6: 4 }

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner
  const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  if (toLeft <= toUp && toLeft <= toCorner) return left
  return toUp <= toCorner ? up : corner
}

/** @see https://www.w3.org/TR/png-3/#9Filters */
function unfilter(raw: Buffer, stride: number, height: number, channels: number): Buffer {
  const pixels = Buffer.alloc(stride * height)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x
      const left = x < channels ? 0 : (pixels[at - channels] ?? 0)
      const up = y === 0 ? 0 : (pixels[at - stride] ?? 0)
      const corner = x < channels || y === 0 ? 0 : (pixels[at - stride - channels] ?? 0)
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0
      pixels[at] = ((raw[y * (stride + 1) + 1 + x] ?? 0) + predicted) & 0xff
    }
  }
  return pixels
}

/** @throws when the bytes are no such PNG */
export function readPng(bytes: Buffer): Picture {
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) throw new Error('no PNG')
  const data: Buffer[] = []
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at)
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(bytes.subarray(at + 8, at + 8 + length))
    at += length + 12
  }
  const [width, height, depth, colour, interlace] = [
    bytes.readUInt32BE(16),
    bytes.readUInt32BE(20),
    bytes[24],
    bytes[25] ?? 0,
    bytes[28],
  ]
  const channels = CHANNELS[colour]
  if (depth !== 8 || channels === undefined || interlace !== 0)
    throw new Error(`a PNG of another kind: ${depth} bits, colour type ${colour}`)
  return {
    width,
    height,
    channels,
    pixels: unfilter(inflateSync(Buffer.concat(data)), width * channels, height, channels),
  }
}

/** The part of the pixels that differ, 0 to 1. */
export function difference(one: Picture, other: Picture): number {
  if (one.pixels.length !== other.pixels.length) return 1
  let different = 0
  for (let at = 0; at < one.pixels.length; at += one.channels) {
    if (!one.pixels.subarray(at, at + one.channels).equals(other.pixels.subarray(at, at + one.channels))) different++
  }
  return different / (one.width * one.height)
}
