import { notFound } from 'next/navigation'
import { cachedArticle } from '../../../articles.ts'

export const ensureStatic = 'navigation'

export function generateStaticParams() {
  return [{ id: '1' }]
}

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const article = await cachedArticle(Number((await params).id))
  if (!article) notFound()
  return <h1 data-version={article.version}>{article.title}</h1>
}
