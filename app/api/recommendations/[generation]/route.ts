import { connection } from 'next/server'
import { cacheTagHeader } from '#lib/coherence/tags.ts'
import { currentRecommendations, isGeneration } from '#lib/catalog/recommendations.ts'
import { orUnavailable } from '#lib/web/orUnavailable.ts'

const NO_STORE = { 'Cache-Control': 'no-store' }

/**
 * `GET /api/recommendations/{generation}`: the feed, which may be kept for ever. A generation that is not the current
 * one is gone: it may recommend what is no longer sold.
 */
export const GET = orUnavailable(
  async (_request: Request, { params }: RouteContext<'/api/recommendations/[generation]'>) => {
    await connection()
    const asked = (await params).generation
    if (!isGeneration(asked))
      return Response.json(
        { error: 'A generation is 16 hexadecimal digits.', current: '/api/recommendations' },
        { status: 404, headers: NO_STORE },
      )
    const { generation, products, versions } = await currentRecommendations()
    if (asked !== generation) {
      return Response.json(
        { error: 'This generation is not the current one.', current: '/api/recommendations' },
        { status: 410, headers: NO_STORE },
      )
    }
    return Response.json(
      { generation, products },
      {
        headers: {
          'Cache-Control': 'public, max-age=31536000, immutable',
          ETag: `"${generation}"`,
          'Cache-Tag': cacheTagHeader(versions),
        },
      },
    )
  },
)
