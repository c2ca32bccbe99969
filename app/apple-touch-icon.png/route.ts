import { connection } from 'next/server'
import { drawnIcon, iconAnswer } from '../_icons/drawnIcons.tsx'

/** For the home screen of a phone, which asks at this address whether a page names it or not. */
export async function GET(): Promise<Response> {
  await connection()
  return iconAnswer(await drawnIcon(180), 'image/png')
}
