import { connection } from 'next/server'
import { currentRecommendations } from '#lib/catalog/recommendations.ts'

/** `GET /api/recommendations`: which generation of the feed is the current one, and where it is. */
export async function GET(): Promise<Response> {
  await connection()
  const { generation } = await currentRecommendations()
  return Response.json({ generation, url: `/api/recommendations/${generation}` }, { headers: { 'Cache-Control': 'no-store' } })
}
