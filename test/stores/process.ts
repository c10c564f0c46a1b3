import { openStore } from '../../src/stores/open.ts'
import { reservation } from '../../src/testing/stores/fixtures.ts'

/** Another process on the same state: opens it, and reserves for the attempts it is given. Prints what it got, as JSON. */
const [location = '', runId = '', ...attempts] = process.argv.slice(2)
await using store = await openStore(location, `lineage-${process.pid}`)
const results = await Promise.all(
  attempts.map(async (id) => {
    const claim = await store.claim(
      { kind: 'attempt', id: Number(id) },
      { holder: `p${process.pid}`, now: 2_000, leaseMs: 1_000 },
    )
    return claim === null ? 'busy' : await store.reserve(claim, reservation(runId))
  }),
)
console.log(
  JSON.stringify({
    projectId: store.projectId,
    reserved: results.filter((result) => result === 'reserved').length,
    busy: results.filter((result) => result === 'busy').length,
  }),
)
