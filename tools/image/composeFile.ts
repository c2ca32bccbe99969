/** Reads compose.yaml and the Dockerfile. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { root } from '../run/environment.ts'

const words = z.array(z.string())
const service = z.looseObject({
  image: z.string(),
  build: z.looseObject({ target: z.string() }).optional(),
  entrypoint: words.optional(),
  command: words.optional(),
  environment: z.record(z.string(), z.string()).default({}),
  healthcheck: z.looseObject({ test: words.optional(), disable: z.boolean().optional() }).optional(),
})
export type ComposeService = z.infer<typeof service>

/** The file as YAML reads it, before anything is filled in. */
export function composeDocument(): unknown {
  return parse(readFileSync(path.join(root, 'compose.yaml'), 'utf8'), { merge: true })
}

const VARIABLE = /\$\$|\$\{(\w+)(?::([-?])([^}]*))?\}/g

/** @param variables of the shell @throws {Error} naming a variable that must be set and is not */
function filled(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(VARIABLE, (all, name: string | undefined, kind?: string, rest = '') => {
    if (name === undefined) return all.slice(1)
    const value = variables[name]
    if (value) return value
    if (kind === '?') throw new Error(`${name} is not set, and compose.yaml asks for it`)
    return kind === '-' ? rest : ''
  })
}

const strings = (value: unknown, change: (text: string) => string): unknown =>
  typeof value === 'string'
    ? change(value)
    : Array.isArray(value)
      ? value.map((one) => strings(one, change))
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, strings(one, change)]))
        : value

/** @returns the services by name, with the variables filled in */
export function composeServices(variables: Readonly<Record<string, string>>): Readonly<Record<string, ComposeService>> {
  return z
    .looseObject({ services: z.record(z.string(), service) })
    .parse(strings(composeDocument(), (text) => filled(text, variables))).services
}

/** A value for each password that the file asks for. */
export function composePasswords(): Readonly<Record<string, string>> {
  const asked = readFileSync(path.join(root, 'compose.yaml'), 'utf8').matchAll(/\$\{(\w+):\?\}/g)
  return Object.fromEntries([...asked].map(([, name = '']) => [name, `${name.toLowerCase()}-long-enough-for-a-secret`]))
}

export interface ImageStage {
  readonly user: string | undefined
  readonly environment: Readonly<Record<string, string>>
  readonly command: readonly string[]
  readonly health: readonly string[]
}

const settings = (pairs: readonly string[]) =>
  Object.fromEntries(pairs.map((pair) => z.tuple([z.string(), z.string()]).parse(pair.split('='))))

/** A final stage of the Dockerfile: its own instructions over those of the stage that it begins with. */
export function imageStage(target: string): ImageStage {
  const text = readFileSync(path.join(root, 'Dockerfile'), 'utf8').replaceAll('\\\n', ' ')
  const stages = new Map<string, ImageStage>()
  let current = ''
  for (const line of text.split('\n')) {
    const [instruction = '', ...rest] = line.trim().split(/\s+/)
    const stage = stages.get(current)
    if (instruction === 'FROM') {
      current = rest.at(-1) ?? ''
      stages.set(current, stages.get(rest[0] ?? '') ?? { user: undefined, environment: {}, command: [], health: [] })
    } else if (stage && instruction === 'USER') stages.set(current, { ...stage, user: rest[0] })
    else if (stage && instruction === 'ENV')
      stages.set(current, { ...stage, environment: { ...stage.environment, ...settings(rest) } })
    else if (stage && instruction === 'CMD')
      stages.set(current, { ...stage, command: words.parse(JSON.parse(rest.join(' '))) })
    else if (stage && instruction === 'HEALTHCHECK')
      stages.set(current, { ...stage, health: words.parse(JSON.parse(line.slice(line.indexOf('[')))) })
  }
  const found = stages.get(target)
  if (!found) throw new Error(`the Dockerfile has no stage "${target}"`)
  return found
}
