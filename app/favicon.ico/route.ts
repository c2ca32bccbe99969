import { connection } from 'next/server'
import { iconOf, icoOf, iconAnswer } from '../_icons/icons.ts'

const SIZE = 48

/** Asked for by what reads no page: feed readers, search engines, old browsers. */
export async function GET(): Promise<Response> {
  await connection()
  return iconAnswer(icoOf(await iconOf(SIZE), SIZE), 'image/x-icon')
}
