import path from 'node:path'
import createNextIntlPlugin from 'next-intl/plugin'

const root = import.meta.dirname

/** @type {import('next').NextConfig} */
const config = {
  distDir: process.env.NEXT_DIST_DIR ?? '.next',
  cacheComponents: true,
  partialPrefetching: true,
  poweredByHeader: false,
  compress: false, // server.ts does, after it has looked at what Next answers
  reactStrictMode: true,
  turbopack: { root },
  // Types are a step of their own in `npm test`; whoever starts the shop need not wait for them.
  typescript: { ignoreBuildErrors: true },
  cacheHandler: path.join(root, 'lib/catalog/next/pageCacheHandler.ts'),
  cacheHandlers: { default: path.join(root, 'lib/catalog/next/dataCacheHandler.ts') },
  cacheMaxMemorySize: 0,
  // The shop's pictures are drawings: there is nothing to resize, and each size that a stranger asks for would be kept.
  images: { unoptimized: true },
  serverExternalPackages: ['pino', 'ioredis', 'bullmq', 'pg', '@prisma/adapter-pg'],
}

export default createNextIntlPlugin('./app/_i18n/request.ts')(config)
