/** Pages that are made for each request: what they show is on its way for as long as the network takes. */
const AWAITED = /^\/[a-z]{2}\/(search|cart|checkout|orders)(\/|$)/

/**
 * Called by Next as a navigation within the tab begins. Where its page is made for each request, `main` shows the outline of it until
 * the page is there, which is when the address changes. A browser without the Navigation API shows the old page until then.
 * @param url an address of this site, with or without its origin
 */
export function onRouterTransitionStart(url: string, kind: 'push' | 'replace' | 'traverse'): void {
  const main = document.querySelector('main')
  const { pathname, href } = new URL(url, location.href)
  const page = AWAITED.exec(pathname)?.[1]
  if (!main || !('navigation' in window)) return
  if (!page || kind === 'traverse' || href === location.href) return arrive(main)
  main.ariaBusy = 'true'
  main.dataset['awaits'] = page
  window.navigation.addEventListener('currententrychange', () => arrive(main), { once: true })
}

function arrive(main: HTMLElement): void {
  main.ariaBusy = null
  delete main.dataset['awaits']
}

// Runs before any other module. Without it zod tries whether it may make functions of text, which the policy of a page forbids and reports.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } })
