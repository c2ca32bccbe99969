import { connection } from 'next/server'
import { currentRecommendations } from '#lib/catalog/recommendations.ts'
import { orUnavailable } from '#lib/web/orUnavailable.ts'

/** `GET /api/recommendations`: which generation of the feed is the current one, and where it is. */
export const GET = orUnavailable(async () => {
  await connection()
  const { generation } = await currentRecommendations()
  return Response.json(
    { generation, url: `/api/recommendations/${generation}` },
    { headers: { 'Cache-Control': 'no-store' } },
  )
})
