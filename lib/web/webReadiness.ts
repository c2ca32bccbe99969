import { db } from '#lib/platform/db.ts'
import { type Readiness, readiness } from '#lib/platform/process/health.ts'
import { indexRedis } from '#lib/platform/redis.ts'

/** The readiness of this web instance, for code that Next calls. */
export const webReadiness = (): Promise<Readiness> => readiness({ db: db(), indexRedis: indexRedis() })
