import path from 'node:path'

const here = import.meta.dirname

/** @type {import('next').NextConfig} */
export default {
  cacheComponents: true,
  partialPrefetching: true,
  turbopack: { root: path.join(here, '../..') },
  typescript: { ignoreBuildErrors: true },
  cacheHandler: path.join(here, 'pageCacheHandler.ts'),
  cacheHandlers: { default: path.join(here, 'dataCacheHandler.ts') },
  cacheMaxMemorySize: 0,
  serverExternalPackages: ['ioredis', 'pg'],
}
