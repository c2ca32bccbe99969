/** Documents of the back office, as they travel. */
import { signIn } from '../support/accounts.ts'
import { expect, test } from '../support/test.ts'

test('a page is rendered once a request: for people, and for the router, which would get a second one for later navigations', async ({
  request,
}) => {
  await signIn(request)
  const document = await (await request.get('/admin')).text()
  expect(document.split('Recent changes')).toHaveLength(3)
})
