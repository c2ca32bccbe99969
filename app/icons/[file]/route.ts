import { connection } from 'next/server'
import { iconOf, iconAnswer } from '../../_icons/icons.ts'
import { MANIFEST_ICON_SIZES } from '../../manifest.ts'

/** `GET /icons/192.png`: the icons that the manifest names. */
export async function GET(_request: Request, { params }: RouteContext<'/icons/[file]'>): Promise<Response> {
  await connection()
  const { file } = await params
  const size = MANIFEST_ICON_SIZES.find((known) => `${known}.png` === file)
  if (size !== undefined) return iconAnswer(await iconOf(size), 'image/png')
  return new Response('There is no icon at this address.\n', {
    status: 404,
    headers: { 'Cache-Control': 'no-store', 'Content-Type': 'text/plain; charset=utf-8' },
  })
}
