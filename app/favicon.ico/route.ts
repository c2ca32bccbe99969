import { connection } from 'next/server'
import { drawnIcon, icoOf, iconAnswer } from '../_icons/drawnIcons.tsx'

const SIZE = 48

/** Asked for by what reads no page: feed readers, search engines, old browsers. */
export async function GET(): Promise<Response> {
  await connection()
  return iconAnswer(icoOf(await drawnIcon(SIZE), SIZE), 'image/x-icon')
}
