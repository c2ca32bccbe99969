/** The health check of a container: ends with 0 when the address that it is given answers with success within 4 seconds. */
const [, , url = ''] = process.argv
const healthy = await fetch(url, { signal: AbortSignal.timeout(4_000) }).then(
  ({ ok }) => ok,
  () => false,
)
process.exit(healthy ? 0 : 1)
