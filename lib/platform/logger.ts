import { pino, type Logger } from 'pino'
import { correlationId } from './correlation.ts'
import { env } from './env.ts'
import { processSingleton } from './process/processSingleton.ts'

export type { Logger }

/** A child of the process' structured logger. @param component which part of the system speaks, such as `relay` */
export function logger(component: string): Logger {
  return processSingleton('logger', () => pino({ level: env().LOG_LEVEL, base: { pid: process.pid }, mixin })).child({
    component,
  })
}

function mixin(): { correlationId?: string } {
  const id = correlationId()
  return id === undefined ? {} : { correlationId: id }
}
