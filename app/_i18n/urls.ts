import { env } from '#lib/platform/env.ts'

/** The whole address of a path, as machines outside need it. */
export const absolute = (path: string) => new URL(path, env().PUBLIC_URL).href
