/**
 * Keeps the answer of an action for the page that the same request renders: a form without JavaScript comes back with it. React hands
 * the answer to such a page itself, but not to one that has a static shell, as the layout of the shop gives to each page.
 */
import { workUnderWay } from '#lib/platform/correlation.ts'
import type { CheckoutState } from './checkoutForm.ts'
import type { FindState } from './FindOrder.tsx'

function answers<State>() {
  const byRequest = new WeakMap<object, State>()
  return {
    /** @returns the state */
    keep(state: State): State {
      const request = workUnderWay()
      if (request) byRequest.set(request, state)
      return state
    },
    /** @returns undefined where no action of this request has answered */
    ofRequest(): State | undefined {
      const request = workUnderWay()
      return request && byRequest.get(request)
    },
  }
}

export const checkoutAnswers = answers<CheckoutState>()
export const findAnswers = answers<FindState>()
