/**
 * One value a process, also where Next has bundled a second copy of the module that asks for it.
 * @param name unique in the project
 * @param create called on first use
 */
export function processSingleton<T>(name: string, create: () => T): T {
  const key = Symbol.for(`evergreen.${name}`)
  const holder: { [k: symbol]: T | undefined } = globalThis as never
  return (holder[key] ??= create())
}
