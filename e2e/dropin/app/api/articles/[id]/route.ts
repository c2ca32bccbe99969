import { coherence, postgres } from '../../../../coherence.ts'

/** Changes a title. Once it has answered `live`, no page shows the old one. */
export async function PUT(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const id = Number((await params).id)
  const { rows } = await postgres().query<{ version: string }>(
    'UPDATE articles SET title = $2 WHERE id = $1 RETURNING version',
    [id, await request.text()],
  )
  const version = Number(rows[0]?.version)
  const live = await coherence().publisher.publish([{ kind: 'article', id, version }])
  return Response.json({ version, live })
}
