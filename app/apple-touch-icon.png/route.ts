import { connection } from 'next/server'
import { iconOf, iconAnswer } from '../_icons/icons.ts'

/** For the home screen of a phone, which asks at this address whether a page names it or not. */
export async function GET(): Promise<Response> {
  await connection()
  return iconAnswer(await iconOf(180), 'image/png')
}
