import { defineConfig } from 'prisma/config'

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  // The CLI reads the address from the environment; nothing else in the project goes through this file.
  datasource: { url: process.env.DATABASE_URL ?? '' },
})
