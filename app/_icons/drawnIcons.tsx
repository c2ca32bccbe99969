/** The mark of the shop as PNG, for programs that read no SVG. Drawn once a size. */
import { ImageResponse } from 'next/og'

/** On a ground of its own: a phone puts the icon on any wallpaper. */
function Icon({ size, padding }: { size: number; padding: number }) {
  const mark = size * (1 - padding * 2)
  return (
    <div
      style={{
        display: 'flex',
        alignItems: 'center',
        justifyContent: 'center',
        width: '100%',
        height: '100%',
        backgroundColor: '#1c5a41',
      }}
    >
      <svg width={mark} height={mark} viewBox="4 2 16 20" fill="none" stroke="#fafbf8" strokeWidth="2.2">
        <path d="M12 2.5 5.5 11h3L4 17.5h16L15.5 11h3z" fill="#fafbf8" strokeLinejoin="round" />
        <path d="M12 17.5v4" strokeLinecap="round" />
      </svg>
    </div>
  )
}

const drawn = new Map<number, Promise<Buffer>>()

/**
 * @param size of each side, in pixels: one of a few that the shop names
 * @returns the PNG, the same bytes each time
 */
export function drawnIcon(size: number): Promise<Buffer> {
  const known = drawn.get(size)
  if (known) return known
  // A launcher may cut a circle out of a large one.
  const icon = new ImageResponse(<Icon size={size} padding={size > 64 ? 0.2 : 0.08} />, { width: size, height: size })
    .arrayBuffer()
    .then((bytes) => Buffer.from(bytes))
  drawn.set(size, icon)
  icon.catch(() => drawn.delete(size))
  return icon
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
