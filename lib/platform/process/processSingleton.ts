/**
 * One value a process, also where Next has bundled a second copy of the module that asks for it.
 * @param name unique in the project
 * @param create called on first use
 */
export function processSingleton<T>(name: string, create: () => T): T {
  const key = Symbol.for(`evergreen.${name}`)
  const existing: T | undefined = Reflect.get(globalThis, key)
  if (existing !== undefined) return existing
  const created = create()
  Reflect.set(globalThis, key, created)
  return created
}

/** @returns the value of that name if it has been created */
export function singletonIfCreated<T>(name: string): T | undefined {
  return Reflect.get(globalThis, Symbol.for(`evergreen.${name}`))
}
