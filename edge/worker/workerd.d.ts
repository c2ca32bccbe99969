/** Part of workerd. @see https://developers.cloudflare.com/workers/runtime-apis/context/ */
declare module 'cloudflare:workers' {
  /** As `Context.waitUntil`, of the request that is being answered. */
  export function waitUntil(work: Promise<unknown>): void
}
