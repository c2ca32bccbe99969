import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import { PHASE_PRODUCTION_SERVER } from 'next/constants.js'

const root = import.meta.dirname

const PACKED_WELL = /\.(js|css|svg|txt|json|ts)$/

/** By it Chromium compiles a script beside the main thread as it arrives; else each function as it is called first, and a tap waits. */
const COMPILED_AT_ONCE = Buffer.from('//# allFunctionsCalledOnLoad\n')

/**
 * Packs each static file beside itself, for lib/web/buildFiles.ts: at brotli's best, which is a tenth smaller than what a server
 * can afford on a request.
 * @param {{ distDir: string }} built
 */
async function packStatic({ distDir }) {
  const folder = path.join(distDir, 'static')
  const files = await readdir(folder, { recursive: true })
  await Promise.all(
    files
      .filter((name) => PACKED_WELL.test(name))
      .map(async (name) => {
        const file = path.join(folder, name)
        const made = await readFile(file)
        const bytes = name.endsWith('.js') ? Buffer.concat([COMPILED_AT_ONCE, made]) : made
        if (bytes !== made) await writeFile(file, bytes)
        await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes))
        await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }))
      }),
  )
}

/** @type {import('next').NextConfig} */
const config = {
  distDir: process.env.NEXT_DIST_DIR ?? '.next',
  cacheComponents: true,
  partialPrefetching: true,
  poweredByHeader: false,
  compress: false, // server.ts does, after it has looked at what Next answers
  compiler: { runAfterProductionCompile: packStatic },
  reactStrictMode: true,
  turbopack: {
    root,
    // 8 kB of each page: Node's `process`, constants of the server, what mends browsers that read nothing of ours, utilities of the
    // Pages Router, intercepting routes, messages to who builds a shop, errors of pages that are made ahead, a second page for
    // failures. app/_browser/next.test.ts compares them with what Next reads.
    resolveAlias: Object.fromEntries(
      Object.entries({
        'process.cjs': [
          '../build/polyfills/polyfill-module',
          'next/dist/compiled/process',
          '../../shared/lib/router/utils/app-paths',
        ],
        'nextConstants.ts': ['../../../lib/constants', '../../../../lib/constants'],
        'nextUtils.ts': ['../../shared/lib/utils', '../../utils'],
        'nextFormatUrl.ts': ['../../shared/lib/router/utils/format-url'],
        'nextIsrError.ts': ['./handle-isr-error'],
        'nextInstantMessages.ts': ['../../shared/lib/instant-messages'],
        'nextInterceptionRoutes.ts': [
          './interception-routes',
          '../../../shared/lib/router/utils/interception-routes',
          '../../../../shared/lib/router/utils/interception-routes',
        ],
        'appRouter.cjs': ['./components/app-router'],
        '../global-error.tsx': ['./builtin/global-error', '../components/builtin/global-error'],
      }).flatMap(([file, requests]) => requests.map((request) => [request, { browser: `./app/_browser/${file}` }])),
    ),
  },
  experimental: {
    // An instance that serves shoppers loads no code of the back office or the API: 10 MB of heap that stay out of use.
    preloadEntriesOnStart: false,
    // Few large chunks: packed together the same code is 4 kB smaller than in nine pieces.
    turbopackChunking: { minChunkSize: 1_000_000, maxMergeChunkSize: 10_000_000, requestCost: 2_000_000 },
    // By default a store page loads the styles of the back office too.
    cssChunking: 'graph',
  },
  // Types are a step of their own in `npm test`; the start of the shop need not wait for them.
  typescript: { ignoreBuildErrors: true },
  cacheHandler: path.join(root, 'lib/catalog/next/pageCacheHandler.ts'),
  cacheHandlers: { default: path.join(root, 'lib/catalog/next/dataCacheHandler.ts') },
  cacheMaxMemorySize: 0,
  // The shop's pictures are drawings: there is nothing to resize, and each size that a stranger asks for would be kept.
  images: { unoptimized: true },
  serverExternalPackages: ['pino', 'ioredis', 'bullmq', 'pg', '@prisma/adapter-pg'],
}

/**
 * The plugin names a file to the build. It loads the compiler swc for that: 25 MB that a server would keep.
 * @param {string} phase
 */
export default async function configOf(phase) {
  if (phase === PHASE_PRODUCTION_SERVER) return config
  const { default: createNextIntlPlugin } = await import('next-intl/plugin')
  return createNextIntlPlugin('./app/_i18n/request.ts')(config)
}
